using TPacket.WebSockets.Compression;

namespace TPacket.WebSockets.Handshake;

/// <summary>The result of the negotiation in the opening handshake.</summary>
/// <param name="Subprotocol">The subprotocol, or null.</param>
/// <param name="Compression">The parameters of permessage-deflate; null without compression.</param>
internal readonly record struct UpgradeAgreement(string? Subprotocol, DeflateParameters? Compression);
