"""Words for labels, pages and goods: addresses, masked names, news, products."""

from __future__ import annotations

from numpy.random import Generator

from .numbers import digits, pick

SURNAMES = "王李张刘陈杨黄赵周吴徐孙马胡朱郭何罗高林"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华建文辉力"
CITIES = (
    "浙江省 金华市 义乌市", "广东省 揭阳市 普宁市", "河南省 郑州市 中牟县", "山东省 临沂市 兰山区",
    "四川省 成都市 新都区", "江苏省 南通市 海门区", "湖北省 武汉市 黄陂区", "福建省 泉州市 晋江市",
    "河北省 石家庄市 藁城区", "陕西省 西安市 未央区", "云南省 昆明市 呈贡区", "辽宁省 沈阳市 于洪区",
)  # fmt: skip
STREETS = (
    "北苑街道",
    "流沙东路",
    "幸福大街",
    "府前路",
    "工业园三期",
    "香樟路",
    "新华社区",
    "菜市口胡同",
    "学府路",
)
PLACES = ("锦绣花园", "万象新城", "金色家园", "创业大厦", "供销社宿舍", "丽景小区", "菜鸟驿站", "物流园A区")
GOODS = (
    "女装连衣裙",
    "保温杯",
    "手机壳",
    "苹果5斤装",
    "洗衣液",
    "儿童积木",
    "蓝牙耳机",
    "茶叶礼盒",
    "运动鞋",
    "坚果",
)
BRANDS = (
    "NORDVIK",
    "Lumiera",
    "晨岚",
    "TAKUMO",
    "Pinewood",
    "山野集",
    "Auralis",
    "青禾堂",
    "KIRANA",
    "Velora",
)
LATIN_BRANDS = ("NORDVIK", "LUMIERA", "TAKUMO", "PINEWOOD", "AURALIS", "VELORA")
LINES = (
    "签收前请检查包装是否完好，如有破损请当面拒收并联系客服。",
    "快件送达收件人地址，经收件人签字即视为送达。",
    "您的签字代表您已验收此包裹，并已确认商品信息无误。", "禁寄物品：易燃易爆、液体、管制刀具、活体动物。",
    "本单据仅作为寄递凭证，未保价快件按邮费倍数赔付。", "感谢使用绿色包装，请将纸箱送至回收点。",
)  # fmt: skip
NEWS = (
    "昨日记者从市交通局获悉，城东大桥将于下月起分段封闭维修，预计工期九十天。",
    "气象台预计周末有雨，气温下降六至八度。",
    "今年秋粮收购已近尾声，各地粮站排起长队，农户普遍反映价格好于去年。",
    "社区食堂开张首日接待老人三百余名。",
    "图书馆新馆本周试运行，读者凭身份证即可办理借阅。", "教育部门提醒家长谨慎选择校外托管机构。",
)  # fmt: skip
HEADLINES = (
    "城东大桥封闭维修",
    "秋粮收购价稳中有升",
    "夜市归来烟火正浓",
    "地铁九号线年底通车",
    "老街里的修表人",
)
BOOKS = ("雨后的铁路桥", "家常面食一百例", "海岛观察笔记", "旧城街巷", "小学数学同步练习", "风从草原来")


def masked_name(rng: Generator) -> str:
    """A name as labels hide it: 王*, 李*伟 or 陈**."""
    first, last = pick(rng, SURNAMES), pick(rng, GIVEN)
    return pick(rng, (f"{first}*", f"{first}*{last}", f"{first}**", f"{first}女士"))


def masked_phone(rng: Generator) -> str:
    """A mobile number with its middle hidden."""
    return pick(rng, ("138", "159", "186", "177", "133", "189")) + "****" + digits(rng, 4)


def address(rng: Generator) -> str:
    """A Chinese address of 15 to 30 characters."""
    door = f"{int(rng.integers(1, 400))}号{pick(rng, PLACES)}{int(rng.integers(1, 30))}栋"
    return f"{pick(rng, CITIES)} {pick(rng, STREETS)}{door}"


def when(rng: Generator) -> str:
    """A printed date, often with the time."""
    day = f"202{int(rng.integers(3, 6))}-{int(rng.integers(1, 13)):02d}-{int(rng.integers(1, 29)):02d}"
    clock = f"{int(rng.integers(0, 24)):02d}:{int(rng.integers(0, 60)):02d}:{int(rng.integers(0, 60)):02d}"
    return f"{day} {clock}" if rng.random() < 0.6 else day.replace("-", "/")


def sort_code(rng: Generator) -> str:
    """The large routing code: ``755W-021 A3``, ``310-56-02 018`` ..."""
    d = digits
    return pick(
        rng,
        (
            f"{d(rng, 3)}{pick(rng, 'ABWX')}-{d(rng, 3)} {pick(rng, 'ABC')}{d(rng, 1)}",
            f"{d(rng, 3)}-{d(rng, 2)}-{d(rng, 2)} {d(rng, 3)}",
            f"{pick(rng, 'HJKL')}{d(rng, 2)}-{d(rng, 2)}",
            f"{d(rng, 3)}-{pick(rng, 'ABCD')}{d(rng, 3)}-{d(rng, 2)}",
        ),
    )
