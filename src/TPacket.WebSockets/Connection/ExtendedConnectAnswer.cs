using TPacket.Transports;
using TPacket.WebSockets.Handshake;

namespace TPacket.WebSockets.Connection;

/// <summary>A server's response to an extended CONNECT (RFC 8441), checked against the request.</summary>
/// <param name="Transport">The stream after the response, as a connection that is not started.</param>
/// <param name="Status">Whether the server accepted the request.</param>
/// <param name="Response">The response; null if it is invalid.</param>
/// <param name="Agreement">The negotiated subprotocol and compression, if the request was accepted.</param>
/// <param name="Violation">A description of the violation; null unless the response is invalid.</param>
internal readonly record struct ExtendedConnectAnswer(
    TransportConnection Transport, ResponseReadStatus Status, UpgradeResponse? Response, UpgradeAgreement Agreement, string? Violation);
