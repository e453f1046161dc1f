using System.Globalization;

namespace TPacket.TerminalChat;

/// <summary>The line that is being written, and those that were sent before.</summary>
internal sealed class InputLine
{
    private readonly List<string> _sent = [];
    private int _recalled;

    /// <summary>What is there.</summary>
    public string Text { get; private set; } = "";

    /// <summary>Where the next character goes, in UTF-16 units.</summary>
    public int Cursor { get; private set; }

    /// <summary>Does what a key means.</summary>
    /// <returns>The line, where the key has ended it.</returns>
    public string? Press(ConsoleKeyInfo key)
    {
        switch (key.Key)
        {
            case ConsoleKey.Enter:
                return Take();
            case ConsoleKey.Backspace:
                Remove(Before(Cursor), Cursor);
                break;
            case ConsoleKey.Delete:
                Remove(Cursor, After(Cursor));
                break;
            case ConsoleKey.LeftArrow:
                Cursor = Before(Cursor);
                break;
            case ConsoleKey.RightArrow:
                Cursor = After(Cursor);
                break;
            case ConsoleKey.Home:
            case ConsoleKey.A when key.Modifiers == ConsoleModifiers.Control:
                Cursor = 0;
                break;
            case ConsoleKey.End:
            case ConsoleKey.E when key.Modifiers == ConsoleModifiers.Control:
                Cursor = Text.Length;
                break;
            case ConsoleKey.UpArrow:
                Recall(_recalled - 1);
                break;
            case ConsoleKey.DownArrow:
                Recall(_recalled + 1);
                break;
            case ConsoleKey.U when key.Modifiers == ConsoleModifiers.Control:
                Remove(0, Cursor);
                break;
            case ConsoleKey.K when key.Modifiers == ConsoleModifiers.Control:
                Remove(Cursor, Text.Length);
                break;
            case ConsoleKey.W when key.Modifiers == ConsoleModifiers.Control:
                Remove(Text[..Cursor].TrimEnd(' ').LastIndexOf(' ') + 1, Cursor);
                break;
            default:
                if (!char.IsControl(key.KeyChar))
                    Insert(key.KeyChar);
                break;
        }

        return null;
    }

    /// <summary>As much of the line as fits, with the character at the cursor in it.</summary>
    /// <param name="width">How many cells there are.</param>
    /// <param name="cellsOf">How many cells a text takes.</param>
    /// <returns>What is before the cursor, the character at it (a space at the end), and what follows.</returns>
    public (string Before, string At, string After) Window(int width, Func<string, int> cellsOf)
    {
        var at = Cursor < Text.Length ? Text[Cursor..After(Cursor)] : " ";
        var left = width - cellsOf(at);
        var start = Cursor;
        while (start > 0 && left >= cellsOf(Text[Before(start)..start]))
        {
            left -= cellsOf(Text[Before(start)..start]);
            start = Before(start);
        }

        var next = Math.Min(Text.Length, Cursor + at.Length);
        var end = next;
        while (end < Text.Length && left >= cellsOf(Text[end..After(end)]))
        {
            left -= cellsOf(Text[end..After(end)]);
            end = After(end);
        }

        return (Text[start..Cursor], at, Text[next..end]);
    }

    private string Take()
    {
        var line = Text;
        if (line.Length > 0)
            _sent.Add(line);
        _recalled = _sent.Count;
        Set("");
        return line;
    }

    private void Insert(char character)
    {
        Text = Text.Insert(Cursor, character.ToString());
        Cursor++;
    }

    private void Remove(int from, int to)
    {
        Text = Text.Remove(from, to - from);
        Cursor = from;
    }

    private void Recall(int index)
    {
        if (index < 0 || index > _sent.Count)
            return;
        _recalled = index;
        Set(index == _sent.Count ? "" : _sent[index]);
    }

    private void Set(string text) => (Text, Cursor) = (text, text.Length);

    // What a person sees as one character is never taken apart.
    private int After(int position) => position < Text.Length ? position + StringInfo.GetNextTextElementLength(Text, position) : position;

    private int Before(int position)
    {
        var before = 0;
        while (before < position && After(before) < position)
            before = After(before);
        return before;
    }
}
