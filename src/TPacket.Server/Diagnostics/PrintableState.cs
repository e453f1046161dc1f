using System.Collections;

namespace TPacket.Diagnostics;

/// <summary>
/// The state of a log event with its message and values escaped by <see cref="Printable"/>.
/// The exception is not escaped: its text comes from the application or .NET.
/// </summary>
/// <param name="message">The formatted message.</param>
/// <param name="values">The values before escaping.</param>
internal sealed class PrintableState(string message, IReadOnlyList<KeyValuePair<string, object?>> values) : IReadOnlyList<KeyValuePair<string, object?>>
{
    private readonly string _message = Printable.Escape(message);

    public int Count => values.Count;

    public KeyValuePair<string, object?> this[int index] => new(values[index].Key, Escape(values[index].Value));

    /// <summary>Wraps the state of a log event.</summary>
    public static PrintableState Of<TState>(TState state, string message) => new(message, state as IReadOnlyList<KeyValuePair<string, object?>> ?? []);

    /// <summary>Returns the message; the formatter of the event.</summary>
    public static string Format(PrintableState state, Exception? error) => state._message;

    public IEnumerator<KeyValuePair<string, object?>> GetEnumerator()
    {
        for (var i = 0; i < Count; i++)
            yield return this[i];
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    public override string ToString() => _message;

    private static object? Escape(object? value)
    {
        // Numbers, enumerations and times contain no text of a peer.
        if (value is null or IFormattable)
            return value;
        var text = value.ToString() ?? "";
        var escaped = Printable.Escape(text);
        return ReferenceEquals(text, escaped) ? value : escaped;
    }
}
