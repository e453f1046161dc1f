using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using TPacket.Client.Diagnostics;
using TPacket.Client.Rooms;

namespace TPacket.Client.Connection;

/// <summary>Tells the application what happens: called by the client's loop only, so in order and one at a time. What a handler throws is logged.</summary>
internal sealed class EventDispatcher(ILogger logger)
{
    private ImmutableArray<EventStream> _streams = [];
    private ClientState _state = new(ClientPhase.Closed);

    public event Action<ClientState>? StateChanged;

    public event Action<ClientEvent>? EventReceived;

    /// <summary>What the client is doing; set before it is told.</summary>
    public ClientState State => Volatile.Read(ref _state);

    /// <summary>A new enumeration of what comes from now on.</summary>
    public EventStream Enumerate(int capacity)
    {
        var stream = new EventStream(capacity, Remove);
        ImmutableInterlocked.Update(ref _streams, static (all, added) => all.Add(added), stream);
        return stream;
    }

    public void SetState(ClientState state)
    {
        Volatile.Write(ref _state, state);
        ClientLog.Became(logger, state);
        Raise(StateChanged, state);
    }

    public void Dispatch(ClientEvent clientEvent)
    {
        foreach (var stream in _streams)
        {
            if (stream.TryAdd(clientEvent))
                continue;
            Remove(stream);
            stream.Complete(new EventOverflowException(stream.Capacity, State));
        }

        Raise(EventReceived, clientEvent);
    }

    /// <summary>Nothing more is added to the enumerations of now.</summary>
    /// <returns>Those, for the caller to complete.</returns>
    public ImmutableArray<EventStream> Detach() => ImmutableInterlocked.InterlockedExchange(ref _streams, []);

    public void Raise<T>(Action<T>? handlers, T value)
    {
        foreach (var handler in Delegate.EnumerateInvocationList(handlers))
        {
            try
            {
                handler(value);
            }
#pragma warning disable CA1031 // Whatever the application's handlers throw.
            catch (Exception e)
#pragma warning restore CA1031
            {
                ClientLog.HandlerFailed(logger, e);
            }
        }
    }

    private void Remove(EventStream stream) => ImmutableInterlocked.Update(ref _streams, static (all, removed) => all.Remove(removed), stream);
}
