"""Errors that a person reads: what, where and what to do, in English and Chinese."""


class Trouble(Exception):
    """Something went wrong that can be said in plain words; the command line shows it and exits 1."""

    def __init__(self, en: str, zh: str) -> None:
        super().__init__(en)
        self.en = en
        self.zh = zh

    def __str__(self) -> str:
        return f"{self.en}\n{self.zh}"
