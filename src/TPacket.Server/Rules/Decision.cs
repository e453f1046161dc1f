using System.Diagnostics.CodeAnalysis;
using TPacket.Protocol;

namespace TPacket.Server;

/// <summary>The decision of rules about a command: events, nothing (the default), or a refusal.</summary>
/// <typeparam name="TEvent">The type of the events.</typeparam>
public readonly record struct Decision<TEvent>
    where TEvent : class
{
    private readonly TEvent[]? _events;

    internal Decision(TEvent[] events)
    {
        ArgumentNullException.ThrowIfNull(events);
        if (Array.Exists(events, static decided => decided is null))
            throw new ArgumentException("An event is null.", nameof(events));
        _events = events;
    }

    internal Decision(string why, PacketErrorCode code)
    {
        ArgumentNullException.ThrowIfNull(why);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((int)code, 0, nameof(code));
        if (code is PacketErrorCode.Unknown or PacketErrorCode.RateLimited)
            throw new ArgumentOutOfRangeException(nameof(code), code, "This code says that the command may come again.");
        (Refusal, Code) = (why, code);
    }

    /// <summary>The events, in their order; none where nothing follows.</summary>
    public IReadOnlyList<TEvent> Events => _events ?? [];

    /// <summary>Why the command is refused; null where it is not.</summary>
    public string? Refusal { get; }

    /// <summary>The code of the refusal.</summary>
    public PacketErrorCode Code { get; }

    /// <summary>Whether the command is refused.</summary>
    [MemberNotNullWhen(true, nameof(Refusal))]
    public bool IsRefused => Refusal is not null;

    /// <summary>The events must not get a time after this one, by the store's clock; they are decided again where they would. Null where that does not matter.</summary>
    public DateTimeOffset? NotAfter { get; init; }

    /// <summary>One event follows.</summary>
    [SuppressMessage("Usage", "CA2225", Justification = "Rules write Then(event) instead.")]
    public static implicit operator Decision<TEvent>(TEvent decided) => new([decided]);
}
