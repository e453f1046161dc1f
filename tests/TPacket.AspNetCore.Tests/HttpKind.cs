namespace TPacket.AspNetCore.Tests;

/// <summary>What an app speaks with its clients.</summary>
public enum HttpKind
{
    /// <summary>HTTP/1.1.</summary>
    Http1,

    /// <summary>HTTP/2 without TLS, by prior knowledge.</summary>
    Http2,

    /// <summary>HTTP/2 over TLS, by ALPN.</summary>
    Http2OverTls,
}
