namespace Checkers.Pdn;

/// <summary>Reads the characters of a file with their positions. Buffers one block, regardless of the length of lines.</summary>
internal sealed class PdnCharacters(TextReader reader)
{
    private readonly char[] _block = new char[16 * 1024];
    private int _at;
    private int _length;
    private bool _isAfterReturn;

    /// <summary>The line of the next character, from 1.</summary>
    public long Line { get; private set; } = 1;

    /// <summary>The column of the next character, from 1.</summary>
    public long Column { get; private set; } = 1;

    /// <summary>The next character; -1 at the end.</summary>
    public int Next => _at < _length || Fill() ? _block[_at] : -1;

    /// <summary>Consumes the next character; -1 at the end.</summary>
    public int Take()
    {
        var taken = Next;
        if (taken < 0)
            return taken;
        _at++;
        // CR, LF and CRLF end a line.
        if (taken == '\r' || (taken == '\n' && !_isAfterReturn))
            (Line, Column) = (Line + 1, 1);
        else if (taken != '\n')
            Column++;
        _isAfterReturn = taken == '\r';
        return taken;
    }

    /// <summary>Consumes all characters up to the end of the line.</summary>
    public void TakeLine()
    {
        while (Next is not (-1 or '\r' or '\n'))
            Take();
    }

    private bool Fill()
    {
        (_at, _length) = (0, reader.Read(_block));
        return _length > 0;
    }
}
