using System.IO.Compression;

namespace TPacket.WebSockets.Compression;

/// <summary>The negotiated parameters of permessage-deflate (RFC 7692, section 7.1).</summary>
/// <param name="ServerContextTakeover">Whether the server's compressor may refer to earlier messages.</param>
/// <param name="ClientContextTakeover">Whether the client's compressor may refer to earlier messages.</param>
/// <param name="ServerMaxWindowBits">Maximum window of the server's compressor in bits, 8 to 15.</param>
/// <param name="ClientMaxWindowBits">Maximum window of the client's compressor in bits, 8 to 15.</param>
internal readonly record struct DeflateParameters(bool ServerContextTakeover, bool ClientContextTakeover, int ServerMaxWindowBits, int ClientMaxWindowBits)
{
    /// <summary>Creates the compressor of this side's messages.</summary>
    /// <param name="isServer">Whether this side is the server.</param>
    /// <param name="level">Level of compression.</param>
    public Deflater CreateDeflater(bool isServer, CompressionLevel level) => isServer
        ? new Deflater(ServerMaxWindowBits, level, ServerContextTakeover)
        : new Deflater(ClientMaxWindowBits, level, ClientContextTakeover);

    /// <summary>Creates the decompressor of the peer's messages.</summary>
    /// <param name="isServer">Whether this side is the server.</param>
    public Inflater CreateInflater(bool isServer) => new(isServer ? ClientContextTakeover : ServerContextTakeover);
}
