namespace TPacket.Tool.Check;

/// <summary>One step of a check.</summary>
/// <param name="Name">The step: tcp, tls, upgrade, proxy, origin, compression, magic, nick.</param>
/// <param name="Status">The outcome.</param>
/// <param name="Text">The finding. It may quote the peer.</param>
/// <param name="Advice">What to try if the step has failed.</param>
internal sealed record CheckStep(string Name, StepStatus Status, string Text, string? Advice = null);
