using System.Text;
using Checkers.Draughts;

namespace Checkers.Pdn;

/// <summary>Splits a PDN file into tokens. Skips comments, annotations and white space. Limits the length of tokens, and never throws for a file's content.</summary>
internal sealed class PdnScanner(TextReader reader)
{
    private const int MaxWord = 64;
    private const int MaxValue = 4096;

    private readonly PdnCharacters _characters = new(reader);
    private readonly StringBuilder _text = new();
    private bool _isBehindMove;
    private long _line;
    private long _column;

    /// <summary>Consumes the next token.</summary>
    public PdnToken Take()
    {
        while (true)
        {
            var isBehindMove = _isBehindMove;
            _isBehindMove = false;
            (_line, _column) = (_characters.Line, _characters.Column);
            switch (_characters.Next)
            {
                case -1:
                    return Token(PdnTokenKind.End);
                case ' ' or '\t' or '\r' or '\n' or '\v' or '\f' or '!' or '?' or '\uFEFF' or '\u001A':
                    _characters.Take();
                    break;
                case '%' or ';':
                    _characters.TakeLine();
                    break;
                case '*' when isBehindMove:
                    // The mark of a forced move in older files.
                    _characters.Take();
                    break;
                case '{':
                    if (!TryTakeComment())
                        return Fault("The comment that begins here has no end.");
                    break;
                case '$':
                    _characters.Take();
                    if (TakeWhile(char.IsAsciiDigit, MaxWord) == 0)
                        return Fault("A number is missing after '$'.");
                    break;
                case '[':
                    return TakeTag();
                case '/':
                    return TakeSetup();
                case '(':
                    return TakeOne(PdnTokenKind.Open);
                case ')':
                    return TakeOne(PdnTokenKind.Close);
                case '*':
                    return TakeOne(PdnTokenKind.Separator);
                case '.':
                    TakeWhile(static character => character == '.', MaxWord);
                    return Token(PdnTokenKind.Number);
                case >= '0' and <= '9':
                    return TakeWord();
                default:
                    TakeWhile(static character => !char.IsWhiteSpace(character) && character is not ('{' or '}' or '(' or ')' or '[' or ']' or ';'), MaxWord);
                    if (_text.Length == 0)
                        _text.Append((char)_characters.Take());
                    return Fault($"'{Shown.Of(_text.ToString())}' is not a move.");
            }
        }
    }

    private PdnToken Token(PdnTokenKind kind, string text = "", string value = "") => new(kind, _line, _column, text, value);

    private PdnToken Fault(string text) => Token(PdnTokenKind.Fault, text);

    private PdnToken TakeOne(PdnTokenKind kind)
    {
        _characters.Take();
        return Token(kind);
    }

    /// <summary>Consumes characters and keeps the first ones.</summary>
    /// <returns>The number of consumed characters.</returns>
    private long TakeWhile(Func<char, bool> isPart, int kept)
    {
        _text.Clear();
        var count = 0L;
        for (; _characters.Next is >= 0 and var next && isPart((char)next); count++)
        {
            if (count < kept)
                _text.Append((char)next);
            _characters.Take();
        }

        return count;
    }

    private bool TryTakeComment()
    {
        while (_characters.Take() is var taken and not '}')
        {
            if (taken < 0)
                return false;
        }

        return true;
    }

    /// <summary>Consumes a number with its dots, a result or a move.</summary>
    private PdnToken TakeWord()
    {
        var length = TakeWhile(static character => char.IsAsciiDigit(character) || character is '-' or 'x' or 'X' or ':' or '/', MaxWord);
        var word = _text.ToString();
        if (_characters.Next == '.' && word.All(char.IsAsciiDigit))
        {
            TakeWhile(static character => character == '.', MaxWord);
            return Token(PdnTokenKind.Number);
        }

        if (word is "1-0" or "0-1" or "1/2-1/2" or "2-0" or "0-2" or "1-1" or "0-0")
            return Token(PdnTokenKind.Result, word);
        if (length > MaxWord || word.Contains('/', StringComparison.Ordinal))
            return Fault($"'{Shown.Of(word)}' is not a move.");
        _isBehindMove = true;
        return Token(PdnTokenKind.Move, word);
    }

    private PdnToken TakeTag()
    {
        _characters.Take();
        TakeSpace();
        if (TakeWhile(static character => char.IsAsciiLetterOrDigit(character) || character == '_', MaxWord) is 0 or > MaxWord)
            return TagFault("The name of a tag is missing, or too long.");
        var name = _text.ToString();
        TakeSpace();
        if (!TryTakeString(out var value))
            return TagFault($"The value of the tag {name} is missing, too long, or not closed on its line.");
        TakeSpace();
        if (_characters.Next != ']')
            return TagFault($"The tag {name} is not closed.");
        _characters.Take();
        return Token(PdnTokenKind.Tag, name, value);
    }

    private PdnToken TagFault(string text)
    {
        _characters.TakeLine();
        return Fault(text);
    }

    private void TakeSpace() => TakeWhile(static character => character is ' ' or '\t' or '\r' or '\n', 0);

    private bool TryTakeString(out string value)
    {
        _text.Clear();
        value = "";
        if (_characters.Next != '"')
            return false;
        _characters.Take();
        while (_characters.Next is not (-1 or '\r' or '\n') && _text.Length <= MaxValue)
        {
            var taken = _characters.Take();
            if (taken == '"')
            {
                value = _text.ToString();
                return true;
            }

            if (taken == '\\' && _characters.Next is '"' or '\\')
                taken = _characters.Take();
            _text.Append((char)taken);
        }

        return false;
    }

    private PdnToken TakeSetup()
    {
        _characters.Take();
        TakeSpace();
        TakeWhile(char.IsAsciiLetter, MaxWord);
        var isFen = _text.Equals("FEN");
        TakeSpace();
        if (!isFen || !TryTakeString(out var position))
            return Fault("A position between slashes is not /FEN \"...\"/.");
        TakeSpace();
        if (_characters.Next != '/')
            return Fault("A position between slashes is not /FEN \"...\"/.");
        _characters.Take();
        return Token(PdnTokenKind.Setup, position);
    }
}
