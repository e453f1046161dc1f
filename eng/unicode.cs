// Writes src/TPacket.Server/Nicks/Unicode.bin: the Unicode data for the comparison of nicks, which .NET does not have on every machine.
//   dotnet run eng/unicode.cs -- FOLDER CONFUSABLES
// FOLDER has the Unicode Character Database: Debian's package unicode-data installs it in /usr/share/unicode.
// CONFUSABLES is confusables.txt of UTS #39, of the same version: Debian's source package icu has it in source/data/unidata (apt-get source icu).
// The committed file is of Unicode 15.0.0. UnicodeTables reads the file and documents its format.
#:property PublishAot=false

using System.Globalization;
using System.IO.Compression;
using System.Text;

const int CodePoints = 0x110000;
const int CodePointBits = 21;

if (args is not [var folder, var confusablesFile])
{
    Console.Error.WriteLine("dotnet run eng/unicode.cs -- FOLDER CONFUSABLES");
    return 2;
}

// Names in the order of the bits of a script set; TPacket.Server requires Latin as the first.
List<string> scripts = ["Latn"];
Dictionary<string, string> scriptCodes = [];
foreach (var fields in Lines("PropertyValueAliases.txt").Where(static fields => fields[0] == "sc"))
{
    scriptCodes[fields[2]] = fields[1];
    if (fields[1] is not ("Latn" or "Zyyy" or "Zinh"))
        scripts.Add(fields[1]);
}

// UTS #39, section 5.1: the writing systems that mix scripts.
scripts.AddRange(["Hanb", "Jpan", "Kore"]);

var decompositions = CanonicalDecompositions();
var ignorable = new bool[CodePoints];
foreach (var (codePoint, _) in Properties("DerivedCoreProperties.txt", 1, "Default_Ignorable_Code_Point"))
    ignorable[codePoint] = true;
var classes = new int[CodePoints];
foreach (var (codePoint, fields) in Properties("extracted/DerivedCombiningClass.txt"))
    classes[codePoint] = int.Parse(fields[1], CultureInfo.InvariantCulture);

// Maps each character to its reading: NFKC_Casefold, decomposed.
var readings = new string?[CodePoints];
for (var codePoint = 0; codePoint < CodePoints; codePoint++)
{
    if (decompositions[codePoint] is not null)
        readings[codePoint] = Decompose(codePoint);
}

foreach (var (codePoint, fields) in Properties("DerivedNormalizationProps.txt", 1, "NFKC_CF"))
    readings[codePoint] = string.Concat(CodePointsOf(fields[2]).Select(part => Decompose(part)));

var confusables = new string?[CodePoints];
foreach (var fields in LinesOf(confusablesFile))
    confusables[Parse(fields[0])] = string.Concat(CodePointsOf(fields[1]).Select(part => char.ConvertFromUtf32(part)));

// Maps each character to the reading of its prototype (UTS #39). The comparison of nicks ignores case, so i is confusable with l because I is, and M is confusable with rn because m is.
var looks = new string?[CodePoints];
for (var codePoint = 0; codePoint < CodePoints; codePoint++)
{
    if (codePoint is >= 0xD800 and < 0xE000 || IsSyllable(codePoint))
        continue;
    var look = Read(string.Concat(Decompose(codePoint).EnumerateRunes().Select(rune => Prototype(rune)))).Replace('i', 'l').Replace("m", "rn", StringComparison.Ordinal);
    if (look != Read(char.ConvertFromUtf32(codePoint)))
        looks[codePoint] = look;
}

var scriptSets = ScriptSets(out var sets);

var pool = new StringBuilder();
Dictionary<string, int> pooled = [];
using var content = new MemoryStream();
var readingTable = Table(readings);
var lookTable = Table(looks);
var ignorableTable = Ranges(static (table, i) => table[i] ? 1 : 0, ignorable);
var classTable = Ranges(static (table, i) => table[i], classes);
var scriptTable = Ranges(static (table, i) => table[i], scriptSets);
foreach (var length in new[] { readingTable.Keys.Count, lookTable.Keys.Count, ignorableTable.Count, classTable.Count, scriptTable.Count, sets.Count, pool.Length })
    WriteNumber(length);
foreach (var table in new[] { readingTable.Keys, lookTable.Keys, ignorableTable, classTable, scriptTable })
{
    WriteDifferences(table.Select(static key => (int)(key & ((1 << CodePointBits) - 1))));
    WriteDifferences(table.Select(static key => (int)(key >> CodePointBits)));
}

WriteDifferences(readingTable.Values.Select(static value => (int)value));
WriteDifferences(lookTable.Values.Select(static value => (int)value));
WriteDifferences(pool.ToString().Select(static character => (int)character));
foreach (var word in sets.SelectMany(static set => set))
    content.Write(BitConverter.GetBytes(word));

var root = Path.GetDirectoryName((string)AppContext.GetData("EntryPointFileDirectoryPath")!)!;
var target = Path.Combine(root, "src", "TPacket.Server", "Nicks", "Unicode.bin");
using (var file = File.Create(target))
using (var zlib = new ZLibStream(file, CompressionLevel.SmallestSize))
    content.WriteTo(zlib);
Console.WriteLine($"{readingTable.Keys.Count} readings, {lookTable.Keys.Count} looks, {scriptTable.Count} ranges of scripts in {sets.Count} sets: {content.Length} bytes, {new FileInfo(target).Length} compressed");
return 0;

string?[] CanonicalDecompositions()
{
    var found = new string?[CodePoints];
    foreach (var fields in Lines("UnicodeData.txt").Where(static fields => fields[5].Length > 0 && fields[5][0] != '<'))
        found[Parse(fields[0])] = string.Concat(CodePointsOf(fields[5]).Select(part => char.ConvertFromUtf32(part)));
    return found;
}

// Syllables of Hangul are decomposed by arithmetic (Unicode, section 3.12); the table needs no entries for them.
string Decompose(int codePoint) => decompositions[codePoint] is { } parts
    ? string.Concat(parts.EnumerateRunes().Select(rune => Decompose(rune.Value)))
    : IsSyllable(codePoint) ? char.ConvertFromUtf32(codePoint).Normalize(NormalizationForm.FormD) : char.ConvertFromUtf32(codePoint);

static bool IsSyllable(int codePoint) => codePoint is >= 0xAC00 and <= 0xD7A3;

string Prototype(Rune rune) => string.Concat((confusables[rune.Value] ?? rune.ToString()).EnumerateRunes().Select(part => Decompose(part.Value)));

string Read(string text) => string.Concat(text.EnumerateRunes().Select(rune => readings[rune.Value] ?? (ignorable[rune.Value] ? "" : rune.ToString())));

// The set of scripts of each code point, as an index; 0 stands for all scripts, as for Common and Inherited.
int[] ScriptSets(out List<uint[]> sets)
{
    var names = new string[CodePoints];
    Array.Fill(names, "Zzzz");
    foreach (var (codePoint, fields) in Properties("Scripts.txt"))
        names[codePoint] = scriptCodes[fields[1]];
    foreach (var (codePoint, fields) in Properties("ScriptExtensions.txt"))
        names[codePoint] = fields[1];
    Dictionary<string, int> known = [];
    List<uint[]> found = [];
    foreach (var name in names.Prepend("Zyyy"))
    {
        if (known.TryAdd(name, found.Count))
            found.Add(ScriptSet(name.Split(' ')));
    }

    sets = found;
    known["Zinh"] = 0;
    return [.. names.Select(name => known[name])];
}

uint[] ScriptSet(string[] names)
{
    var set = new uint[6];
    foreach (var name in names)
    {
        if (name is "Zyyy" or "Zinh")
            Array.Fill(set, uint.MaxValue);
        string[] more = name switch
        {
            "Hani" => ["Hanb", "Jpan", "Kore"],
            "Hira" or "Kana" => ["Jpan"],
            "Hang" => ["Kore"],
            "Bopo" => ["Hanb"],
            _ => [],
        };
        foreach (var bit in more.Append(name).Select(script => scripts.IndexOf(script)).Where(static bit => bit >= 0))
            set[bit / 32] |= 1u << (bit % 32);
    }

    return set;
}

// Keeps the entries that differ from their code point and are not ignorable.
(List<uint> Keys, List<ushort> Values) Table(string?[] texts)
{
    List<uint> keys = [];
    List<ushort> values = [];
    for (var codePoint = 0; codePoint < CodePoints; codePoint++)
    {
        if (texts[codePoint] is not { } text || ignorable[codePoint])
            continue;
        if (!pooled.TryGetValue(text, out var start))
        {
            start = pool.ToString().IndexOf(text, StringComparison.Ordinal);
            if (start < 0)
            {
                start = pool.Length;
                pool.Append(text);
            }

            pooled[text] = start;
        }

        keys.Add((uint)(codePoint | (text.Length << CodePointBits)));
        values.Add(checked((ushort)start));
    }

    return (keys, values);
}

static List<uint> Ranges<T>(Func<T[], int, int> value, T[] table)
{
    List<uint> ranges = [];
    var last = 0;
    for (var codePoint = 0; codePoint < CodePoints; codePoint++)
    {
        if (value(table, codePoint) is var current && (current != last || codePoint == 0))
            ranges.Add((uint)(codePoint | (current << CodePointBits)));
        last = current;
    }

    return ranges;
}

IEnumerable<(int CodePoint, string[] Fields)> Properties(string file, int field = 0, string? property = null)
{
    foreach (var fields in Lines(file).Where(fields => property is null || fields[field] == property))
    {
        var ends = fields[0].Split("..");
        for (var codePoint = Parse(ends[0]); codePoint <= Parse(ends[^1]); codePoint++)
            yield return (codePoint, fields);
    }
}

IEnumerable<string[]> Lines(string file) => LinesOf(Path.Combine(folder, file));

static IEnumerable<string[]> LinesOf(string file) =>
    File.ReadLines(file).Select(static line => line.Split('#')[0]).Where(static line => line.Contains(';', StringComparison.Ordinal)).Select(static line => line.Split(';', StringSplitOptions.TrimEntries));

static IEnumerable<int> CodePointsOf(string field) => field.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(Parse);

static int Parse(string hex) => int.Parse(hex.TrimStart('\uFEFF'), NumberStyles.HexNumber, CultureInfo.InvariantCulture);

// Differences between neighbours, seven bits a byte: small numbers, which zlib compresses well.
void WriteDifferences(IEnumerable<int> numbers)
{
    var last = 0;
    foreach (var number in numbers)
    {
        var difference = number - last;
        WriteNumber((difference << 1) ^ (difference >> 31));
        last = number;
    }
}

void WriteNumber(int number)
{
    for (; number >= 0x80; number >>= 7)
        content.WriteByte((byte)(number | 0x80));
    content.WriteByte((byte)number);
}
