using System.Globalization;

namespace TPacket.TerminalChat;

/// <summary>The line that the user edits, and the earlier lines.</summary>
internal sealed class InputLine
{
    private readonly List<string> _sent = [];
    private int _recalled;

    /// <summary>The text.</summary>
    public string Text { get; private set; } = "";

    /// <summary>The position of the cursor in UTF-16 units.</summary>
    public int Cursor { get; private set; }

    /// <summary>Handles a key.</summary>
    /// <returns>The entered line; null if the key did not enter it.</returns>
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

    /// <summary>Returns the part of the line around the cursor that fits.</summary>
    /// <param name="width">The width in cells.</param>
    /// <param name="cellsOf">Returns the width of a text in cells.</param>
    /// <returns>The text before the cursor, the character at the cursor (a space at the end), and the text after it.</returns>
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

    // Grapheme clusters are never split.
    private int After(int position) => position < Text.Length ? position + StringInfo.GetNextTextElementLength(Text, position) : position;

    private int Before(int position)
    {
        var before = 0;
        while (before < position && After(before) < position)
            before = After(before);
        return before;
    }
}
