using TPacket.WebSockets.Handshake;

namespace TPacket.WebSockets.Compression;

/// <summary>
/// Reads the value of a <c>Sec-WebSocket-Extensions</c> header part by part (RFC 6455, section 9.1), in linear time and without I/O or allocation.
/// </summary>
/// <remarks>
/// <code>
/// extension-list  = 1#extension
/// extension       = token *( ";" extension-param )
/// extension-param = token [ "=" ( token | quoted-string ) ]
/// </code>
/// The value of a quoted string must be a token as well. White space is allowed around every part (section 4.3), and a list may have empty elements (RFC 9110, section 5.6.1.2).
/// </remarks>
/// <param name="header">The header's value; the values of repeated headers are joined with commas.</param>
internal ref struct ExtensionHeaderReader(ReadOnlySpan<byte> header)
{
    private ReadOnlySpan<byte> _rest = header;
    private ReadOnlySpan<byte> _rawValue;
    private bool _inElement;
    private bool _anyElement;
    private bool _malformed;

    /// <summary>Name of the extension or parameter.</summary>
    public ReadOnlySpan<byte> Name { get; private set; }

    /// <summary>Whether the parameter has a value.</summary>
    public bool HasValue { get; private set; }

    /// <summary>Reads the next part. Repeats <see cref="ExtensionHeaderPart.End"/> and <see cref="ExtensionHeaderPart.Malformed"/> once reached.</summary>
    public ExtensionHeaderPart Read()
    {
        Name = default;
        _rawValue = default;
        HasValue = false;
        if (_malformed)
            return ExtensionHeaderPart.Malformed;
        if (_inElement)
        {
            SkipWhiteSpace();
            if (TryTake((byte)';'))
                return ReadParameter() ? ExtensionHeaderPart.Parameter : Fail();
            if (!_rest.IsEmpty && !TryTake((byte)','))
                return Fail();
            _inElement = false;
        }

        _rest = _rest.TrimStart(" \t,"u8);
        if (_rest.IsEmpty)
            return _anyElement ? ExtensionHeaderPart.End : Fail();
        if (!TryReadToken(out var name))
            return Fail();
        Name = name;
        _inElement = true;
        _anyElement = true;
        return ExtensionHeaderPart.Extension;
    }

    /// <summary>Copies the parameter's value without quotes and escapes.</summary>
    /// <returns>Length of the value in bytes; -1 if it does not fit.</returns>
    public readonly int CopyValueTo(Span<byte> destination)
    {
        var length = 0;
        foreach (var character in _rawValue)
        {
            // A backslash is not a token character, so each one in a valid value is an escape.
            if (character == '\\')
                continue;
            if (length == destination.Length)
                return -1;
            destination[length++] = character;
        }

        return length;
    }

    private bool ReadParameter()
    {
        SkipWhiteSpace();
        if (!TryReadToken(out var name))
            return false;
        Name = name;
        SkipWhiteSpace();
        if (!TryTake((byte)'='))
            return true;
        HasValue = true;
        SkipWhiteSpace();
        return TryTake((byte)'"') ? TryReadQuoted() : TryReadToken(out _rawValue);
    }

    /// <summary>Reads a quoted string after its opening quote.</summary>
    private bool TryReadQuoted()
    {
        var length = 0;
        while (length < _rest.Length && _rest[length] != (byte)'"')
        {
            if (_rest[length] == (byte)'\\')
                length++;
            if (length == _rest.Length || !HttpGrammar.TokenCharacters.Contains(_rest[length]))
                return false;
            length++;
        }

        if (length == 0 || length == _rest.Length)
            return false;
        _rawValue = _rest[..length];
        _rest = _rest[(length + 1)..];
        return true;
    }

    private bool TryReadToken(out ReadOnlySpan<byte> token)
    {
        var length = _rest.IndexOfAnyExcept(HttpGrammar.TokenCharacters);
        token = length < 0 ? _rest : _rest[..length];
        _rest = _rest[token.Length..];
        return !token.IsEmpty;
    }

    private bool TryTake(byte character)
    {
        if (_rest.IsEmpty || _rest[0] != character)
            return false;
        _rest = _rest[1..];
        return true;
    }

    private void SkipWhiteSpace() => _rest = _rest.TrimStart(" \t"u8);

    private ExtensionHeaderPart Fail()
    {
        Name = default;
        HasValue = false;
        _malformed = true;
        return ExtensionHeaderPart.Malformed;
    }
}
