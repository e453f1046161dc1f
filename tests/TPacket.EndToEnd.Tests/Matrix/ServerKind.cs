namespace TPacket.EndToEnd.Tests.Matrix;

/// <summary>The kinds of servers.</summary>
public enum ServerKind
{
    /// <summary>TPacket.Server with its own endpoint.</summary>
    Standalone,

    /// <summary>TPacket.AspNetCore on Kestrel with HTTP/1.1 only.</summary>
    KestrelHttp1,

    /// <summary>TPacket.AspNetCore on Kestrel with HTTP/2 only.</summary>
    KestrelHttp2,
}
