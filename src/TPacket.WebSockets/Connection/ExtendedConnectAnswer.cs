using TPacket.Transports;
using TPacket.WebSockets.Handshake;

namespace TPacket.WebSockets.Connection;

/// <summary>What a server has answered to an extended CONNECT, held against the request.</summary>
/// <param name="Transport">What follows the answer; not started.</param>
/// <param name="Status">Whether it was accepted.</param>
/// <param name="Response">The answer, when it was accepted or refused.</param>
/// <param name="Agreement">What was agreed on, when it was accepted.</param>
/// <param name="Violation">What is wrong, where something is.</param>
internal readonly record struct ExtendedConnectAnswer(
    TransportConnection Transport, ResponseReadStatus Status, UpgradeResponse? Response, UpgradeAgreement Agreement, string? Violation);
