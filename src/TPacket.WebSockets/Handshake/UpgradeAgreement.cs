using TPacket.WebSockets.Compression;

namespace TPacket.WebSockets.Handshake;

/// <summary>What the two sides have agreed on in their handshake.</summary>
/// <param name="Subprotocol">The subprotocol, or null.</param>
/// <param name="Compression">The parameters of permessage-deflate; null where messages are not compressed.</param>
internal readonly record struct UpgradeAgreement(string? Subprotocol, DeflateParameters? Compression);
