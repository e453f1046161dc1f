namespace TPacket.EndToEnd.Tests.Matrix;

/// <summary>What serves the rooms.</summary>
public enum ServerKind
{
    /// <summary>TPacket.Server by itself.</summary>
    Standalone,

    /// <summary>TPacket.AspNetCore on Kestrel that speaks HTTP/1.1 only.</summary>
    KestrelHttp1,

    /// <summary>TPacket.AspNetCore on Kestrel that speaks HTTP/2 only.</summary>
    KestrelHttp2,
}
