"""The sample's forms, repeated with names, codes, numbers and texts varied: `uv run python benchmarks/generate.py 200 FILE`.

At least a third of the cells are distinct, so that nothing that is looked up once per distinct text is flattered.
"""

import random
import re
import sys
from collections.abc import Iterator
from pathlib import Path

SAMPLE = Path(__file__).parents[1] / "ingest/sample/2023/liuzhou-2023.txt"
TITLE = "2023年度部门预算"
LABELS = re.compile(r"指标|^(?:社会公众或)?服务对象满意度$|拨款|基金|资金来源|金额|^项目|^其他资金$|^年度绩效目标$")


def forms(count: int | None = None, megabytes: float | None = None, seed: int = 1) -> Iterator[str]:
    """Yield varied forms as text until there are `count` of them or `megabytes` of text."""
    lines = SAMPLE.read_text(encoding="utf-8").split("\n")
    starts = [number for number, line in enumerate(lines) if line.startswith(TITLE)]
    originals = [lines[start:end] for start, end in zip(starts, [*starts[1:], len(lines)], strict=True)]
    chance, written, number = random.Random(seed), 0, 0
    while (count is None or number < count) and (megabytes is None or written < megabytes * 1e6):
        number += 1
        text = "\n".join(varied(line, number, chance) for line in chance.choice(originals)) + "\n"
        written += len(text.encode())
        yield text


def varied(line: str, number: int, chance: random.Random) -> str:
    """Vary the cells of a line that are no labels."""
    if "\t" not in line or line.startswith(TITLE):
        return line
    return "\t".join(_cell(cell, number, chance) for cell in line.split("\t"))


def _cell(cell: str, number: int, chance: random.Random) -> str:
    if re.fullmatch(r"\d{21}", cell):
        return f"{cell[:13]}{number % 10**8:08d}"
    if re.match(r"[≥≤=]\d", cell):
        return re.sub(r"\d+", lambda found: str(chance.randint(1, 10 ** len(found.group()) - 1)), cell)
    if len(cell) > 4 and not LABELS.search(cell) and chance.random() < 0.95:
        if re.fullmatch(r"[\d,.]+", cell):
            # The same for the same amount of a form: its sources still add up to its total.
            return cell.translate(str.maketrans("123456789", "".join(random.Random(number).sample("123456789", 9))))
        if re.search(r"\d", cell):
            return re.sub(r"\d+", lambda found: str(chance.randint(1, 9)) + found.group()[1:], cell)
        return f"{cell}，第{chance.randint(1, 999_999)}批"
    return cell


if __name__ == "__main__":
    with Path(sys.argv[2]).open("w", encoding="utf-8") as file:
        file.writelines(forms(megabytes=float(sys.argv[1])))
