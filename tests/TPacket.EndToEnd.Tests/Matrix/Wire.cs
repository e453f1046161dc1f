namespace TPacket.EndToEnd.Tests.Matrix;

/// <summary>What is between a client and a server.</summary>
public enum Wire
{
    /// <summary>TCP.</summary>
    Plain,

    /// <summary>TCP, with compressed messages; under a browser over HTTP/2 with TLS, since browsers speak that over nothing else.</summary>
    Compressed,

    /// <summary>TLS.</summary>
    Tls,
}
