"""Variant: Swiss German without ß, Brazilian and not European words, simplified and not traditional characters."""

from __future__ import annotations

from collections.abc import Iterator

import regex

from assistant.campaigns.finding import Finding, warning
from assistant.campaigns.segment import Segment

# Characters whose simplified form differs, the commonest of business text; any of them in simplified copy is a slip.
TRADITIONAL = regex.compile(
    "[與專業東絲兩嚴個豐為義樂習書買亂爭於產親億僅從倉們價眾優會傘偉傳傷倫偽體傾債儲兒內關興養獸岡冊軍農馮決況凍淨準幾鳳憑凱擊則剛創刪別製劃劉"
    "劇動務勝勞勢勳勵區協單賣盧衛卻廠廳歷壓廁縣參雙發變號嘆後嗎聽啟員響啞問圍國圖圓聖場壞塊堅報壽夠夢奪奮婦媽學寧實寵審寫寬對導將專尋層屬歲島幣帥師帶幫"
    "應廣慶庫廟張強彈歸當錄徹徑從憶態總戀懇惡懸懷擁擇據擴擾攔攜攝敵數斬斷無時晉曆術機殺雜權條來極構樣標樓橋檔檢歐歡歲殘氣漢湯溝沒滬淚澤潔濟瀏"
    "滅燈爐點煉爛爺牆狀猶獨獲現環電畫異療癥監盤眾著確碼礎礦禮種積穩窮競筆節範築籤簡糧紀約紅級細終組經結給統絲維網緊線練縱總績織繼續義習聯職"
    "膽臉臨舉舊艦藝莊華萬葉蓋藍處虛蟲補裝裡製複見規視覺覽觸計訂訊討訓記許設訪證評試話該詳誌認語誤說請諸論講謝識譯議護變讓財貝負責貨質購費資賴贏"
    "趕跡踐軟輕載輯輸轉辦邊達遠選遲郵鄰醫釋鏈針鈕鋒錢鍵鏡長門開間閱隊階際險隨難雲靈靜項順須預領頭題願類風飛飯館驗體鬆鮮鳥麗黃齊齡龍]"
)


def check(segment: Segment) -> Iterator[Finding]:
    """Warnings for words and letters of another variant of the language."""
    pattern, text = segment.locale.off_variant, segment.own_words[1]
    for match in pattern.finditer(text) if pattern else ():
        better = segment.locale.variant.get(match[0]) or segment.locale.variant.get(match[0].lower(), "")
        yield warning("variant", f"“{match[0]}” is not said in {segment.locale.name}; say “{better}”", match[0])
    if not segment.locale.eszett and "ß" in text:
        yield warning("variant", f"{segment.locale.name} is written with ss, not ß", "ß")
    if segment.locale.script == "Hans" and (match := TRADITIONAL.search(text)):
        yield warning("variant", f"“{match[0]}” is a traditional character", match[0])
