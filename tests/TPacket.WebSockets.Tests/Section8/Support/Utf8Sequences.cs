using System.Globalization;

namespace TPacket.WebSockets.Tests;

/// <summary>
/// The sequences of Markus Kuhn's "UTF-8 decoder capability and stress test", with its numbers. Differences come from later versions of Unicode: noncharacters are valid text (5.3), and what lies beyond
/// U+10FFFF is none (2.1 and 2.2).
/// </summary>
internal static class Utf8Sequences
{
    /// <summary>Number, bytes, and whether they are valid UTF-8.</summary>
    public static IEnumerable<(string Number, string Hex, bool Valid)> All =>
    [
        .. Listed,
        ("1 $", "68 65 6c 6c 6f 24 77 6f 72 6c 64", true),
        ("1 ¢", "68 65 6c 6c 6f c2 a2 77 6f 72 6c 64", true),
        ("1 €", "68 65 6c 6c 6f e2 82 ac 77 6f 72 6c 64", true),
        ("1 U+24B62", "68 65 6c 6c 6f f0 a4 ad a2 77 6f 72 6c 64", true),
        // Every prefix of κόσμε: valid if its last character is complete.
        .. Enumerable.Range(1, 10).Select(static length => ($"1 first {length}", Hex.Of(Hex.Bytes("ce ba e1 bd b9 cf 83 ce bc ce b5").AsSpan(0, length)), length is 2 or 5 or 7 or 9)),
        // Each continuation byte alone, and each beginning of a character followed by a space.
        .. Range("3.1.9", 0x80, 0xBF, static b => $"{b:x2}", valid: false),
        .. Range("3.2", 0xC0, 0xFD, static b => $"{b:x2} 20", valid: false),
        .. Range("3.2 alone", 0xC0, 0xFD, static b => $"{b:x2}", valid: false),
        .. Range("3.5", 0xF5, 0xFF, static b => $"{b:x2} 80 80 80", valid: false),
        // The last two code points of each plane, and U+FDD0 to U+FDEF.
        .. from plane in Enumerable.Range(1, 16)
           from last in new[] { 0xFFFE, 0xFFFF }
           let text = char.ConvertFromUtf32((plane << 16) | last)
           select ($"5.3.3 U+{(plane << 16) | last:X}", Hex.Of(System.Text.Encoding.UTF8.GetBytes(text)), true),
        .. Range("5.3.4", 0x90, 0xAF, static b => $"ef b7 {b:x2}", valid: true),
        // Specials, including the replacement character.
        .. Range("specials", 0xB9, 0xBF, static b => $"ef bf {b:x2}", valid: true),
    ];

    private static (string Number, string Hex, bool Valid)[] Listed =>
    [
        ("1", "ce ba e1 bd b9 cf 83 ce bc ce b5", true),
        ("2.1.1", "00", true),
        ("2.1.2", "c2 80", true),
        ("2.1.3", "e0 a0 80", true),
        ("2.1.4", "f0 90 80 80", true),
        ("2.1.5", "f8 88 80 80 80", false),
        ("2.1.6", "fc 84 80 80 80 80", false),
        ("2.2.1", "7f", true),
        ("2.2.2", "df bf", true),
        ("2.2.3", "ef bf bf", true),
        ("2.2.4", "f7 bf bf bf", false),
        ("2.2.5", "fb bf bf bf bf", false),
        ("2.2.6", "fd bf bf bf bf bf", false),
        ("2.3.1", "ed 9f bf", true),
        ("2.3.2", "ee 80 80", true),
        ("2.3.3", "ef bf bd", true),
        ("2.3.4", "f4 8f bf bf", true),
        ("2.3.5", "f4 90 80 80", false),
        ("3.1.3", "80 bf", false),
        ("3.1.4", "80 bf 80", false),
        ("3.1.5", "80 bf 80 bf", false),
        ("3.1.6", "80 bf 80 bf 80", false),
        ("3.1.7", "80 bf 80 bf 80 bf", false),
        ("3.1.8", "80 bf 80 bf 80 bf 80", false),
        ("3.2.1", "c0 20 c1 20 c2 20", false),
        ("3.2.2", "e0 20 e1 20 ef 20", false),
        ("3.2.3", "f0 20 f1 20 f7 20", false),
        ("3.2.4", "f8 20 f9 20 fa 20 fb 20", false),
        ("3.2.5", "fc 20 fd 20", false),
        ("3.3.1", "c0", false),
        ("3.3.2", "e0 80", false),
        ("3.3.3", "f0 80 80", false),
        ("3.3.4", "f8 80 80 80", false),
        ("3.3.5", "fc 80 80 80 80", false),
        ("3.3.6", "df", false),
        ("3.3.7", "ef bf", false),
        ("3.3.8", "f7 bf bf", false),
        ("3.3.9", "fb bf bf bf", false),
        ("3.3.10", "fd bf bf bf bf", false),
        ("3.4", "c0 e0 80 f0 80 80 f8 80 80 80 fc 80 80 80 80 df ef bf f7 bf bf fb bf bf bf fd bf bf bf bf", false),
        ("3.5.1", "fe", false),
        ("3.5.2", "ff", false),
        ("3.5.3", "fe fe ff ff", false),
        ("4.1.1", "c0 af", false),
        ("4.1.2", "e0 80 af", false),
        ("4.1.3", "f0 80 80 af", false),
        ("4.1.4", "f8 80 80 80 af", false),
        ("4.1.5", "fc 80 80 80 80 af", false),
        ("4.2.1", "c1 bf", false),
        ("4.2.2", "e0 9f bf", false),
        ("4.2.3", "f0 8f bf bf", false),
        ("4.2.4", "f8 87 bf bf bf", false),
        ("4.2.5", "fc 83 bf bf bf bf", false),
        ("4.3.1", "c0 80", false),
        ("4.3.2", "e0 80 80", false),
        ("4.3.3", "f0 80 80 80", false),
        ("4.3.4", "f8 80 80 80 80", false),
        ("4.3.5", "fc 80 80 80 80 80", false),
        ("5.1.1", "ed a0 80", false),
        ("5.1.2", "ed ad bf", false),
        ("5.1.3", "ed ae 80", false),
        ("5.1.4", "ed af bf", false),
        ("5.1.5", "ed b0 80", false),
        ("5.1.6", "ed be 80", false),
        ("5.1.7", "ed bf bf", false),
        ("5.2.1", "ed a0 80 ed b0 80", false),
        ("5.2.2", "ed a0 80 ed bf bf", false),
        ("5.2.3", "ed ad bf ed b0 80", false),
        ("5.2.4", "ed ad bf ed bf bf", false),
        ("5.2.5", "ed ae 80 ed b0 80", false),
        ("5.2.6", "ed ae 80 ed bf bf", false),
        ("5.2.7", "ed af bf ed b0 80", false),
        ("5.2.8", "ed af bf ed bf bf", false),
        ("5.3.1", "ef bf be", true),
        ("5.3.2", "ef bf bf", true),
    ];

    private static IEnumerable<(string Number, string Hex, bool Valid)> Range(string number, int first, int last, Func<int, string> hex, bool valid) =>
        Enumerable.Range(first, last - first + 1).Select(b => (string.Create(CultureInfo.InvariantCulture, $"{number} {b:x2}"), hex(b), valid));
}
