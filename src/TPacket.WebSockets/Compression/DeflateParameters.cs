using System.IO.Compression;

namespace TPacket.WebSockets.Compression;

/// <summary>What the two sides of a connection have agreed to.</summary>
/// <param name="ServerContextTakeover">Whether the server may refer to its earlier messages.</param>
/// <param name="ClientContextTakeover">Whether the client may refer to its earlier messages.</param>
/// <param name="ServerMaxWindowBits">Window of the server's compressor, 8 to 15.</param>
/// <param name="ClientMaxWindowBits">Window of the client's compressor, 8 to 15.</param>
internal readonly record struct DeflateParameters(bool ServerContextTakeover, bool ClientContextTakeover, int ServerMaxWindowBits, int ClientMaxWindowBits)
{
    /// <summary>What compresses this side's messages.</summary>
    /// <param name="isServer">Which side this is.</param>
    /// <param name="level">How much work it does.</param>
    public Deflater CreateDeflater(bool isServer, CompressionLevel level) => isServer
        ? new Deflater(ServerMaxWindowBits, level, ServerContextTakeover)
        : new Deflater(ClientMaxWindowBits, level, ClientContextTakeover);

    /// <summary>What decompresses the peer's messages.</summary>
    /// <param name="isServer">Which side this is.</param>
    public Inflater CreateInflater(bool isServer) => new(isServer ? ClientContextTakeover : ServerContextTakeover);
}
