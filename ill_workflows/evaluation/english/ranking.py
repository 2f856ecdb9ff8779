"""The English of the ranking for awards (Article 8.2)."""

from __future__ import annotations

from typing import Final

RANKING: Final = {
    # what is measured
    "準時回報率": "On-time rate", "滿足率": "Fill rate", "月均貸出": "Lent per month",
    "借書證使用率": "Card utilisation", "滿足＋拒絕": "Filled + refused",
    "貸出已報月數": "Months reported",
    "準時送達的月報份數 ÷ 應繳份數（見『繳交情形』）。": (
        "monthly sheets received on time ÷ sheets due (see “Sheets received”)."
    ),
    "滿足件數 ÷（滿足＋拒絕）（見『資料供應』）。": "filled ÷ (filled + refused) (see “Requests”).",
    "貸出件數 ÷ 有借閱月報的月數；缺報的月份不加分也不扣分。": (
        "loans lent ÷ months with a usage sheet; a missing month neither helps nor harms."
    ),
    "從申請到回覆的日曆天數，取中位數（見『處理時效』）。": (
        "calendar days from request to answer, the median (see “Turnaround”)."
    ),
    "在外證日 ÷ 可用證日（見『借書證使用』）。": (
        "card-days out ÷ card-days available (see “Card use”)."
    ),
    "{name}（{unit}）：{sentence}": "{name} ({unit}): {sentence}",
    # settings
    "設定": "Setting", "說明": "Explanation", "全體": "All", "權數": "Weight",
    "可改；0 即不採計": "may be changed; 0 leaves it out", "占總權數(%)": "Share of weights (%)",
    "總分依此加權": "weighs the score", "最低分母": "Minimum denominator",
    "可改；不足者該項不計分": "may be changed; no points below it",
    "各項的分母或件數": "of each measure", "方向": "Direction",
    "何者得分較高": "what scores higher",
    "愈低愈好": "lower is better", "愈高愈好": "higher is better", "應報月數": "Months due",
    "本期已到期的月份": "months of the period that are due",
    "最低已報比例(%)": "Minimum share reported (%)",
    "最低涵蓋權數(%)": "Minimum weight covered (%)",
    "可改；不足者不列入": "may be changed; not ranked below it",
    # the libraries
    "各館名次": "Ranking of the libraries", "名次": "Place", "得分\n{name}": "Points\n{name}",
    "總分": "Score", "分": "points", "涵蓋權數(%)": "Weight covered (%)",
    "已報比例(%)": "Share reported (%)", "是否列入": "Ranked?", "未列入原因": "Why not ranked",
    "列入": "ranked", "未列入": "not ranked", "已報月數不足": "too few months reported",
    "可計分項目不足": "too few measures with points", "權數皆為零": "all weights are zero",
    "準時\n回報率\n(%)": "On-time\nrate (%)", "滿足率\n(%)": "Fill rate\n(%)",
    "月均\n貸出\n(件)": "Lent per\nmonth", "處理\n天數\n(日)": "Turn-\naround\n(days)",
    "借書證\n使用率\n(%)": "Card\nutilisation\n(%)", "應繳\n份數": "Sheets\ndue",
    "滿足＋\n拒絕": "Filled +\nrefused", "貸出\n已報\n月數": "Usage\nmonths\nreported",
    "回覆\n件數": "Answers", "可用\n證日": "Card-days\navailable",
    "各館總分": "Scores of the libraries",
    "橫條圖：各館總分，依預設權數由高到低；未列入的館沒有橫條。": (
        "Bars: score of each library by the default weights, highest first; libraries that are not"
        " ranked have no bar."
    ),
    # notes
    "得分：在該項有值的館中贏過幾成，即 100 ×（較差的館數＋同值的館數的一半）÷ 其他館數。": (
        "Points: the share of the other libraries with a value that a library beats: 100 × (those"
        " worse + half of those equal) ÷ all others."
    ),
    "得分只看先後，不受館的大小與極端值影響；只有一館有值時為 100。": (
        "Points go by order alone: size and extreme values do not matter. 100 where only one"
        " library has a value."
    ),
    "沒有值（灰底），或分母低於最低分母：該項不計分，不是零分。": (
        "Without a value (shaded), or below the minimum denominator: no points, which is not zero."
    ),
    "總分：有得分各項的加權平均，四捨五入至小數一位。權數加總不必為 100；0 即不採計。": (
        "Score: weighted mean of the measures with points, rounded half up to one decimal. Weights"
        " need not add up to 100; 0 leaves a measure out."
    ),
    "列入條件：已報比例與涵蓋權數都達門檻。涵蓋權數：有得分各項占總權數的比例。": (
        "Ranked: share reported and weight covered both reach the thresholds. Weight covered: the"
        " share of all weights that has points."
    ),
    "已報月數：月報表與借書證登記簿都已收妥的月份才算。": (
        "Months reported: those with both the monthly usage sheet and the loan card register."
    ),
    "應報月數：本期中全聯盟都已到期的月份；中途加入的館也以此計。": (
        "Months due: months of the period that are due from everybody; the same for libraries that"
        " joined later."
    ),
    "名次：總分相同者同名次，其後名次跳過，例如 1、2、2、4。": (
        "Place: equal scores share a place, and the next ones are skipped: 1, 2, 2, 4."
    ),
    "改動權數、最低分母或門檻，得分、總分、是否列入與名次立即重算。": (
        "Change a weight, a minimum denominator or a threshold: points, scores and places follow."
    ),
    "各列依預設權數的名次排列，不會自行移動；要重排，請選取各館名次表的全部資料列，依名次排序。": (
        "Rows stand in the order of the default weights and do not move by themselves: select all"
        " rows of that table and sort by place."
    ),
    "本表供提名參考，由會議決定。": "For nominations; the meeting decides.",
}  # fmt: skip
