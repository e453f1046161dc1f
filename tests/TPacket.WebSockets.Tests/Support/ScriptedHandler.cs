
namespace TPacket.WebSockets.Tests;

/// <summary>A handler that runs the functions of a test, and records its calls.</summary>
internal sealed class ScriptedHandler : WebSocketHandler
{
    /// <summary>Decides about the upgrade; null accepts.</summary>
    public Func<UpgradeRequest, ValueTask<UpgradeDecision>>? Upgrade { get; set; }

    public Action? Open { get; set; }

    /// <summary>Handles a message; null ignores it.</summary>
    public Func<MessageType, byte[], ValueTask>? Message { get; set; }

    public Action? Ticked { get; set; }

    public Action<UpgradeResponse>? Response { get; set; }

    public Action? Emptied { get; set; }

    public int Drained { get; private set; }

    /// <summary>The exceptions that were reported to the handler.</summary>
    public List<Exception> Failures { get; } = [];

    public int Opened { get; private set; }

    public List<string> Messages { get; } = [];

    public List<ConnectionEnd> Ends { get; } = [];

    public void Echo() => Message = (type, payload) =>
    {
        Assert.True(Connection.Send(type, payload));
        return default;
    };

    protected internal override ValueTask<UpgradeDecision> OnUpgrade(UpgradeRequest request) => Upgrade?.Invoke(request) ?? base.OnUpgrade(request);

    protected internal override void OnResponse(UpgradeResponse response) => Response?.Invoke(response);

    protected internal override void OnDrained()
    {
        Drained++;
        Emptied?.Invoke();
    }

    protected internal override void OnFailed(Exception error)
    {
        Failures.Add(error);
        throw new InvalidOperationException("thrown by OnFailed");
    }

    protected internal override void OnOpen()
    {
        Opened++;
        Open?.Invoke();
    }

    protected internal override ValueTask OnMessage(MessageType type, ReadOnlySpan<byte> payload)
    {
        Messages.Add($"{type} {Hex.Of(payload)}");
        return Message?.Invoke(type, payload.ToArray()) ?? default;
    }

    protected internal override void OnTick(long now) => Ticked?.Invoke();

    public Action? Closed { get; set; }

    protected internal override void OnClosed(ConnectionEnd end)
    {
        Ends.Add(end);
        Closed?.Invoke();
    }
}
