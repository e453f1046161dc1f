namespace TPacket.EndToEnd.Tests.Matrix;

/// <summary>The protocols between a client and a server.</summary>
public enum Wire
{
    /// <summary>TCP.</summary>
    Plain,

    /// <summary>TCP, with compressed messages; a browser uses HTTP/2 with TLS alone.</summary>
    Compressed,

    /// <summary>TLS.</summary>
    Tls,
}
