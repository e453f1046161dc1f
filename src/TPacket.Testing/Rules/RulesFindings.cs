using System.Text;

namespace TPacket.Testing.Rules;

/// <summary>Keeps the first fault that a test or a simulation finds in rules. Not thread-safe.</summary>
internal sealed class RulesFindings
{
    private const int MaxText = 400;

    /// <summary>The first fault; null for none.</summary>
    public string? First { get; private set; }

    public void Report(string fault) => First ??= fault;

    /// <summary>Reports a fault if two byte sequences differ.</summary>
    /// <returns>Whether the sequences are equal.</returns>
    public bool Expect(ReadOnlySpan<byte> expected, ReadOnlySpan<byte> actual, string fault)
    {
        if (expected.SequenceEqual(actual))
            return true;
        Report($"{fault}\n  one:   {Text(expected)}\n  other: {Text(actual)}");
        return false;
    }

    /// <summary>Formats bytes as text if they are printable UTF-8, otherwise in hexadecimal.</summary>
    public static string Text(ReadOnlySpan<byte> data)
    {
        var text = Encoding.UTF8.GetString(data);
        if (text.Any(static character => char.IsControl(character) || character == '\uFFFD'))
            text = Convert.ToHexString(data);
        return text.Length <= MaxText ? text : $"{text.AsSpan(0, MaxText)}… ({data.Length} bytes)";
    }
}
