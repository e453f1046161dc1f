namespace TPacket.AspNetCore.Tests.Harness;

/// <summary>The HTTP version between an app and its clients.</summary>
public enum HttpKind
{
    /// <summary>HTTP/1.1.</summary>
    Http1,

    /// <summary>HTTP/2 without TLS, by prior knowledge.</summary>
    Http2,

    /// <summary>HTTP/2 over TLS, by ALPN.</summary>
    Http2OverTls,
}
