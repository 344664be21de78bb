"""Tables of survey answers from elsewhere: what their headers mean, and what makes a row unique."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable

from .tabular import HEADER_WORDS

# As SurveyMonkey, 腾讯问卷 and 问卷星 write them, and as people do; see tabular.guess_columns.
ANSWER_WORDS = {
    "email": HEADER_WORDS["email"],
    "phone": HEADER_WORDS["phone"] + " 手机号码 电话号码",
    "reference": HEADER_WORDS["reference"],
    "outside": "responseid respondentid answerid submissionid responsenumber id number 答卷编号"
    " 答题序号 答卷序号 提交序号 编号 序号",
    "day": "enddate datemodified datesubmitted submittedat submissiondate completedat datecreated"
    " startdate date timestamp 结束答题时间 提交答卷时间 提交时间 结束时间 答题时间 日期 时间",
    "score": "score rating nps npsscore csat points howlikely likelytorecommend recommend satisfied"
    " satisfaction 评分 得分 打分 分数 推荐意愿 推荐 满意度 满意",
    "comment": "comment comments feedback reason why remarks openanswer 意见 建议 评论 原因 反馈"
    " 备注 为什么",
    "name": "name customername customer companyname company respondent fullname 姓名 名字 客户名称"
    " 客户 公司名称 公司 名称",
}


def row_keys(rows: Iterable[tuple]) -> list[str]:
    """Return a key for each row, the same whenever the same table is read.

    :param rows: tuples of texts: what the row says. Equal rows are told apart by their order.
    """
    seen, keys = Counter(), []
    for row in rows:
        digest = hashlib.sha256("\x1f".join(row).encode()).hexdigest()[:20]
        seen[digest] += 1
        keys.append(f"{digest}-{seen[digest]}")
    return keys
