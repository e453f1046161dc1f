using TPacket.WebSockets.Handshake;

namespace TPacket.WebSockets.Compression;

/// <summary>
/// Reads the value of Sec-WebSocket-Extensions (RFC 6455, section 9.1), one part after the other. Pure; keeps nothing but its place, and looks at each byte a fixed number of times.
/// </summary>
/// <remarks>
/// <code>
/// extension-list  = 1#extension
/// extension       = token *( ";" extension-param )
/// extension-param = token [ "=" ( token | quoted-string ) ]
/// </code>
/// The value of a quoted string has to be a token too. White space may stand around every part (section 4.3), and a list may have empty elements (RFC 9110, section 5.6.1.2).
/// </remarks>
/// <param name="header">The header's value; of several headers, the values joined with commas.</param>
internal ref struct ExtensionHeaderReader(ReadOnlySpan<byte> header)
{
    private ReadOnlySpan<byte> _rest = header;
    private ReadOnlySpan<byte> _rawValue;
    private bool _inElement;
    private bool _anyElement;
    private bool _malformed;

    /// <summary>The name of the extension or parameter, as it is written.</summary>
    public ReadOnlySpan<byte> Name { get; private set; }

    /// <summary>Whether the parameter has a value.</summary>
    public bool HasValue { get; private set; }

    /// <summary>Reads the next part. After the end, and after what is malformed, there is nothing else.</summary>
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

    /// <summary>Copies the parameter's value as it is meant, without quotes.</summary>
    /// <returns>Its length in bytes, or -1 when it does not fit.</returns>
    public readonly int CopyValueTo(Span<byte> destination)
    {
        var length = 0;
        foreach (var character in _rawValue)
        {
            // A backslash is no part of a token, so that each one that was let in stands for what follows it.
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

    /// <summary>Reads what follows an opening quote.</summary>
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
