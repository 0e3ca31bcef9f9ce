"""What a cell is by its looks alone, where its place does not say it."""

from typing import Final

TARGET: Final = (
    r"^\s*(?:[≥≤＞＜><=＝≧≦约]|不低于|不少于|不超过|不高于|大于|小于|达到|控制在)|^\s*[\d０-９][\d０-９,.，]*\s*\S{0,4}$"
    r"|^[\d０-９,.，]+[%％]?[-~—至][\d０-９,.，]+\S{0,4}$"
    r"|^(?:优|良|中|差|好|较好|良好|优秀|优良|合格|达标|完成|是|否|有|提高|提升|降低|减少|增加|增强|改善|完善|保障|合理|有效|显著|明显|长期|持续|稳定|"
    r"健全|规范|安全|可持续|中长期|全覆盖|零|无|及时|按时|按期|(?:有所|不断|逐步|明显|显著|有效|持续|进一步|稳步|大幅|较大)(?:提高|提升|改善|增强|降低|减少|完善|加强|优化|增加|增长|下降))$"
    r"|月底?前|日前|年底前?|^[\d０-９]{4}年(?:[\d０-９]{1,2}月)?(?:[\d０-９]{1,2}日)?$|^全年$|^每[日天周月季年]"
)
"""What reads like a target: an operator first, a number with a short unit, a range, a grade, a date, a period."""

LEVEL_LIKE: Final = r"^[^\d,，、。；;:：(（≥≤%]{2,12}(?:指标|目标)$"
"""What may be a level that the lexicon does not know (廉政效益指标)."""

KINDS_OF_TARGETS: Final = "(?:数量|质量|时效|成本|效益|满意度|产出)(?:指标|目标)"
"""What sentences about targets call them (数量指标：…)."""
