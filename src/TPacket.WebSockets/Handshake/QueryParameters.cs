using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace TPacket.WebSockets;

/// <summary>
/// The decoded parameters of a request's query, which <c>&amp;</c> separates. <c>+</c> is decoded to a space, and <c>%</c> with two hexadecimal digits to a byte of UTF-8. Any other <c>%</c> is kept,
/// and bytes that are not valid UTF-8 are replaced by U+FFFD. Immutable.
/// </summary>
public sealed class QueryParameters : IReadOnlyList<KeyValuePair<string, string>>
{
    private readonly KeyValuePair<string, string>[] _parameters;

    /// <summary>Decodes a query.</summary>
    /// <param name="text">The encoded query without its question mark.</param>
    public QueryParameters(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        Text = text;
        _parameters = [.. Parse(text)];
    }

    /// <summary>The encoded query without its question mark; empty if there is none.</summary>
    public string Text { get; }

    /// <summary>Number of parameters.</summary>
    public int Count => _parameters.Length;

    /// <summary>The parameter at an index, in the order of the query.</summary>
    public KeyValuePair<string, string> this[int index] => _parameters[index];

    /// <summary>
    /// The value of the first parameter with a name, which is case-sensitive; empty if the parameter has no value, null if there is no such parameter.
    /// </summary>
    public string? this[string name] => TryGet(name, out var value) ? value : null;

    /// <summary>Finds the first parameter with a name, which is case-sensitive.</summary>
    public bool TryGet(string name, [NotNullWhen(true)] out string? value)
    {
        foreach (var parameter in _parameters)
        {
            if (parameter.Key == name)
            {
                value = parameter.Value;
                return true;
            }
        }

        value = null;
        return false;
    }

    /// <summary>Returns the values of all parameters with a name, in the order of the query.</summary>
    public IEnumerable<string> GetAll(string name) => _parameters.Where(parameter => parameter.Key == name).Select(static parameter => parameter.Value);

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<string, string>> GetEnumerator() => _parameters.AsEnumerable().GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Returns the encoded query.</summary>
    public override string ToString() => Text;

    private static IEnumerable<KeyValuePair<string, string>> Parse(string text)
    {
        foreach (var part in text.Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var (name, value) = part.IndexOf('=', StringComparison.Ordinal) is >= 0 and var end ? (part[..end], part[(end + 1)..]) : (part, "");
            yield return KeyValuePair.Create(Decode(name), Decode(value));
        }
    }

    private static string Decode(string text)
    {
        if (text.AsSpan().IndexOfAny('+', '%') < 0)
            return text;
        // The request's own text has one character for each byte. Text of an application may have any characters.
        var bytes = (text.AsSpan().ContainsAnyExceptInRange('\0', '\u00FF') ? Encoding.UTF8 : Encoding.Latin1).GetBytes(text);
        var length = 0;
        for (var i = 0; i < bytes.Length; i++)
        {
            if (bytes[i] == '%' && i + 2 < bytes.Length && Hex(bytes[i + 1]) is >= 0 and var high && Hex(bytes[i + 2]) is >= 0 and var low)
            {
                bytes[length++] = (byte)((high << 4) | low);
                i += 2;
            }
            else
            {
                bytes[length++] = bytes[i] == '+' ? (byte)' ' : bytes[i];
            }
        }

        return Encoding.UTF8.GetString(bytes.AsSpan(0, length));
    }

    private static int Hex(byte digit) => char.IsAsciiHexDigit((char)digit) ? Convert.ToInt32(((char)digit).ToString(), 16) : -1;
}
