"""Makes the parts of catalog/ that are converted rather than written: divisions, holidays, ethnic groups.

Run by hand when a source has a newer edition (see catalog/SOURCES.md), never by the build:

    npm install china-division@2.7.0 chinese-days@1.5.7    # in an empty directory
    pip install pypinyin==0.55.0
    python3 make_catalogue_data.py NODE_MODULES CATALOG
"""

import csv
import json
import pathlib
import sys

from pypinyin import Style, lazy_pinyin, load_phrases_dict

# Names whose reading the general dictionary gets wrong.
load_phrases_dict({
    "六合": [["lu"], ["he"]], "单县": [["shan"], ["xian"]], "乐陵": [["lao"], ["ling"]],
    "洪洞": [["hong"], ["tong"]], "涡阳": [["guo"], ["yang"]], "繁峙": [["fan"], ["shi"]],
    "浚县": [["xun"], ["xian"]], "筠连": [["jun"], ["lian"]], "荥经": [["ying"], ["jing"]],
    "朝阳": [["chao"], ["yang"]], "都匀": [["du"], ["yun"]], "宁都": [["ning"], ["du"]],
    "新都": [["xin"], ["du"]], "郫都": [["pi"], ["du"]], "什邡": [["shi"], ["fang"]],
    "珲春": [["hun"], ["chun"]], "伽师": [["jia"], ["shi"]], "漯河": [["luo"], ["he"]],
    "长治": [["chang"], ["zhi"]], "长葛": [["chang"], ["ge"]], "长白": [["chang"], ["bai"]],
    "闵行": [["min"], ["hang"]],
})

# Levels that exist for statistics only; people never write them in an address.
FILLERS = {"市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划"}
# GB/T 2260 gives these no codes below the province.
WITHOUT_COUNTIES = [("710000", "台湾省"), ("810000", "香港特别行政区"), ("820000", "澳门特别行政区")]

ETHNIC_GROUPS = """汉 Han,蒙古 Mongol,回 Hui,藏 Tibetan,维吾尔 Uygur,苗 Miao,彝 Yi,壮 Zhuang,布依 Buyei,朝鲜 Korean,
满 Manchu,侗 Dong,瑶 Yao,白 Bai,土家 Tujia,哈尼 Hani,哈萨克 Kazak,傣 Dai,黎 Li,傈僳 Lisu,佤 Va,畲 She,高山 Gaoshan,
拉祜 Lahu,水 Sui,东乡 Dongxiang,纳西 Naxi,景颇 Jingpo,柯尔克孜 Kirgiz,土 Tu,达斡尔 Daur,仫佬 Mulao,羌 Qiang,
布朗 Blang,撒拉 Salar,毛南 Maonan,仡佬 Gelao,锡伯 Xibe,阿昌 Achang,普米 Pumi,塔吉克 Tajik,怒 Nu,乌孜别克 Uzbek,
俄罗斯 Russian,鄂温克 Ewenki,德昂 Deang,保安 Bonan,裕固 Yugur,京 Gin,塔塔尔 Tatar,独龙 Derung,鄂伦春 Oroqen,
赫哲 Hezhen,门巴 Monba,珞巴 Lhoba,基诺 Jino"""


def search_words(name):
    syllables = lazy_pinyin(name, style=Style.NORMAL)
    initials = "".join(s[0] for s in syllables)
    return "".join(syllables).lower(), initials.lower()


def divisions(modules, catalog):
    source = modules / "china-division" / "dist"

    def rows(name):
        with open(source / name, encoding="utf-8") as file:
            return list(csv.DictReader(file))

    table = [(p["code"] + "0000", p["name"], "") for p in rows("provinces.csv")]
    cities = {}
    areas = rows("areas.csv")
    for city in rows("cities.csv"):
        province = city["provinceCode"] + "0000"
        if city["name"] in FILLERS:
            cities[city["code"]] = province
            continue
        code = city["code"] + "00"
        cities[city["code"]] = code
        table.append((code, city["name"], province))
    names = {code: name for code, name, _ in table}
    for area in areas:
        parent = cities[area["cityCode"]]
        if area["name"] == names.get(parent):  # a city without counties: 东莞, 中山, 儋州, 嘉峪关
            continue
        table.append((area["code"], area["name"], parent))
    table += [(code, name, "") for code, name in WITHOUT_COUNTIES]
    table.sort()
    with open(catalog / "regions" / "divisions.tsv", "w", encoding="utf-8", newline="\n") as out:
        out.write("code\tname\tparent\tpinyin\tinitials\n")
        for code, name, parent in table:
            out.write("\t".join((code, name, parent, *search_words(name))) + "\n")


def holidays(modules, catalog):
    data = json.loads((modules / "chinese-days" / "dist" / "chinese-days.json").read_text("utf-8"))
    lines = [
        "# Public holidays of the mainland, as the State Council's office announces them each November.",
        "# Converted by crates/forms/data/make_catalogue_data.py from npm chinese-days 1.5.7 (MIT); see SOURCES.md.",
        "# A year that is not listed: only weekends are known to be free, and every answer says so.",
    ]
    for year in ("2024", "2025", "2026"):
        off = sorted(d for d in data["holidays"] if d.startswith(year))
        work = sorted(d for d in data["workdays"] if d.startswith(year))
        lines += ["", "[[years]]", f"year = {year}"]
        for key, days in (("free", off), ("worked", work)):
            lines.append(f"{key} = [")
            lines += ["  " + " ".join(f'"{d}",' for d in days[i:i + 7]) for i in range(0, len(days), 7)]
            lines.append("]")
    (catalog / "calendars" / "holidays.toml").write_text("\n".join(lines) + "\n", "utf-8")


def ethnic_groups(catalog):
    rows = [entry.strip().split(" ") for entry in ETHNIC_GROUPS.replace("\n", "").split(",")]
    assert len(rows) == 56, len(rows)
    lines = [
        "# Ethnic groups, GB/T 3304-1991; 97 and 98 are the health-insurance platform's additions.",
        'id = "ethnic_group"',
        'source = "GB/T 3304-1991; naty code table of the health-insurance platform for 97 and 98"',
        "rows = [",
    ]
    named = [(f"{i:02}", zh + "族", en) for i, (zh, en) in enumerate(rows, 1)]
    named += [("97", "其他", "Other"), ("98", "外国血统中国籍人士", "Chinese citizen of foreign descent")]
    for code, zh, en in named:
        pinyin, initials = search_words(zh)
        lines.append(f'  {{ value = "{code}", zh = "{zh}", en = "{en}", search = "{pinyin} {initials}" }},')
    (catalog / "tables" / "ethnic_group.toml").write_text("\n".join(lines + ["]"]) + "\n", "utf-8")


if __name__ == "__main__":
    modules, catalog = map(pathlib.Path, sys.argv[1:3])
    divisions(modules, catalog)
    holidays(modules, catalog)
    ethnic_groups(catalog)
