using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace TPacket.WebSockets.Handshake;

/// <summary>The request headers that the opening handshake depends on (RFC 6455, section 4.2.1).</summary>
internal ref struct HandshakeFields
{
    private const int KeyLength = 16;
    private const int KeyCharacters = 24;

    private int _hosts;
    private int _keys;
    private int _versions;
    private bool _upgrade;
    private bool _connection;
    private bool _body;
    private bool _version13;
    private bool _validHost;
    private bool _validKey;
    private bool _badSubprotocol;
    private List<string>? _subprotocols;

    /// <summary>Range of the <c>Host</c> header's value in the head.</summary>
    public Range Host { get; private set; }

    /// <summary>Range of the <c>Sec-WebSocket-Key</c> header's value in the head.</summary>
    public Range Key { get; private set; }

    public readonly IReadOnlyList<string> Subprotocols => (IReadOnlyList<string>?)_subprotocols ?? [];

    /// <summary>Adds a header line.</summary>
    public void Take(ReadOnlySpan<byte> head, HeaderLine line)
    {
        var name = head[line.Name];
        var value = head[line.Value];
        if (HttpGrammar.IsName(name, "Host"u8))
        {
            _hosts++;
            _validHost = HttpGrammar.IsHost(value);
            Host = line.Value;
        }
        else if (HttpGrammar.IsName(name, "Upgrade"u8))
        {
            _upgrade |= HttpGrammar.HasToken(value, "websocket"u8);
        }
        else if (HttpGrammar.IsName(name, "Connection"u8))
        {
            _connection |= HttpGrammar.HasToken(value, "upgrade"u8);
        }
        else if (HttpGrammar.IsName(name, "Sec-WebSocket-Key"u8))
        {
            _keys++;
            _validKey = IsKey(value);
            Key = line.Value;
        }
        else if (HttpGrammar.IsName(name, "Sec-WebSocket-Version"u8))
        {
            _versions++;
            _version13 = value.SequenceEqual("13"u8);
        }
        else if (HttpGrammar.IsName(name, "Sec-WebSocket-Protocol"u8))
        {
            TakeSubprotocols(value);
        }
        else if (HttpGrammar.IsName(name, "Transfer-Encoding"u8) || (HttpGrammar.IsName(name, "Content-Length"u8) && !IsZero(value)))
        {
            _body = true;
        }
    }

    /// <summary>Validates a request over HTTP/1.1 (RFC 6455, section 4.2.1).</summary>
    /// <returns>The error response; null if the request is valid.</returns>
    public readonly HttpRefusal? Validate()
    {
        if (ValidateHost() is { } refusal)
            return refusal;
        if (!_upgrade)
            return HttpRefusal.NotUpgrade;
        if (!_connection)
            return HttpRefusal.NotConnectionUpgrade;
        if (_versions != 1 || !_version13)
            return HttpRefusal.BadWebSocketVersion;
        if (_keys != 1 || !_validKey)
            return HttpRefusal.BadKey;
        return _badSubprotocol ? HttpRefusal.BadSubprotocol : null;
    }

    /// <summary>Validates an extended CONNECT over HTTP/2 (RFC 8441, section 5).</summary>
    /// <returns>The error response; null if the request is valid.</returns>
    public readonly HttpRefusal? ValidateExtendedConnect()
    {
        if (ValidateHost() is { } refusal)
            return refusal;
        if (_versions != 1 || !_version13)
            return HttpRefusal.BadWebSocketVersion;
        return _badSubprotocol ? HttpRefusal.BadSubprotocol : null;
    }

    private readonly HttpRefusal? ValidateHost()
    {
        if (_hosts != 1 || !_validHost)
            return HttpRefusal.BadHost;
        return _body ? HttpRefusal.HasBody : null;
    }

    private void TakeSubprotocols(ReadOnlySpan<byte> value)
    {
        foreach (var range in value.Split((byte)','))
        {
            var token = value[range].Trim(" \t"u8);
            if (token.IsEmpty)
                continue; // RFC 9110, section 5.6.1.2: empty elements are ignored.
            if (token.ContainsAnyExcept(HttpGrammar.TokenCharacters))
            {
                _badSubprotocol = true;
                return;
            }

            (_subprotocols ??= []).Add(Encoding.Latin1.GetString(token));
        }
    }

    // A content length may have leading zeros (RFC 9110, section 8.6).
    private static bool IsZero(ReadOnlySpan<byte> value) => !value.IsEmpty && !value.ContainsAnyExcept((byte)'0');

    private static bool IsKey(ReadOnlySpan<byte> value)
    {
        Span<byte> key = stackalloc byte[KeyLength + 2];
        return value.Length == KeyCharacters
            && Base64.DecodeFromUtf8(value, key, out var consumed, out var written) == OperationStatus.Done
            && consumed == KeyCharacters && written == KeyLength;
    }
}
