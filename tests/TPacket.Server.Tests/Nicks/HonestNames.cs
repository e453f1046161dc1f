namespace TPacket.Server.Tests.Nicks;

/// <summary>Real names and usual nicks in many scripts, all of which one server accepts at the same time.</summary>
internal static class HonestNames
{
    private const string Names = """
        Alice Bob Émile Zoë Ångström Søren Þórr Łukasz Željko Ștefan Jiří Gökçe İbrahim Fazıl Nguyễn Thị Maëlle Saoirse Ðorđe Ħal Ġorġ Ŵyn Ọlá Ẹ̀ṣọ́ Kwamé Ñusta Mbappé Modem Müller Groß
        Αλέξανδρος Ελένη Γιώργος Σοφία Κωνσταντίνος Άννα Νίκος Χρήστος Ζωή Ηλίας
        Иван Анна Ольга Сергей Дмитрий Юлия Михаил Наталья Вова Рома Ксения Тарас Мама Вера Нина Їжак Олексій Љиљана Ѓорѓи Ўладзімір Қайрат Өмүр Ғани Баттулга
        Արամ Անահիտ Գևորգ გიორგი ნინო თამარ
        דוד שרה משה רָחֵל יעקב
        محمد فاطمة علي حسین کیانا میخوام نوید آرزو ژاله گلناز پریسا عبد‌الله يوسف ٣نور
        ޢަލީ އައިޝަތު ሰላም አበበ ጽዮን
        आरव प्रिया श्री क्षितिज ঐশী অর্ণব সুমন ਗੁਰਪ੍ਰੀਤ ਹਰਜੀਤ ધવલ પૂજા ଅନିଲ ସୁଜାତା குமார் தமிழ் முருகன் శ్రీనివాస్ లక్ష్మి ಕೃಷ್ಣ ಸುಧಾ അനിൽ ലക്ഷ്മി സുനിൽ නිමල් සුනිල්
        สมชาย นภา กิตติ ສົມພອນ ແກ້ວ ကျော်သူ မြင့် សុខា ចន្ទ្រា བསྟན་འཛིན བཀྲ་ཤིས
        田中太郎 李小龍 王伟 陈 葛󠄀城 髙橋 さくら はなこ アリス ジャン・リュック 山田　太郎 ㄅㄆㄇ 김철수 이영희 박 ᄀᄂ
        ᠪᠠᠲᠤ᠋ ᏣᎳᎩ ᐃᓄᒃ ᚠᚢᚦ ⴰⵎⴰⵣⵉⵖ ꦗꦮ ᮞᮥᮔ᮪ᮓ 𐌰𐌻𐌹𐌺𐌰 𞤀𞤣𞤤𞤢𞤥 ꓡꓲꓢꓴ ⲁⲛⲛⲁ
        Li李 Anna_安娜 Дима4ever Max✌ 👩‍💻 🏴‍☠️ ❤️ 🇩🇪 🏴󠁧󠁢󠁥󠁮󠁧󠁿 ★star★ x_X_x bob1 bobl 0tto Otto r2d2 C3PO i1 il Ⅳ ½ ツ
        """;

    public static string[] All { get; } = [.. Names.Split((char[])[' ', '\r', '\n'], StringSplitOptions.RemoveEmptyEntries), "Jean Luc", "Mary Ann", "M. O'Neill", "Иван Иванов", "محمد علی"];
}
