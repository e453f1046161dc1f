using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using TPacket.Client.Diagnostics;
using TPacket.Client.Rooms;

namespace TPacket.Client.Connection;

/// <summary>
/// Sets the client's state, and delivers states and events to the application's handlers and enumerations.
/// Only the client's loop calls it, so handlers are called in order and one at a time. Logs the exceptions of handlers.
/// </summary>
internal sealed class EventDispatcher(ILogger logger)
{
    private ImmutableArray<EventStream> _streams = [];
    private ClientState _state = new(ClientPhase.Closed);

    public event Action<ClientState>? StateChanged;

    public event Action<ClientEvent>? EventReceived;

    /// <summary>The client's state. It is set before handlers are notified.</summary>
    public ClientState State => Volatile.Read(ref _state);

    /// <summary>Creates an enumeration of the events from now on.</summary>
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

    /// <summary>Detaches the existing enumerations, which receive no more events.</summary>
    /// <returns>The detached enumerations. The caller completes them.</returns>
    public ImmutableArray<EventStream> Detach() => ImmutableInterlocked.InterlockedExchange(ref _streams, []);

    public void Raise<T>(Action<T>? handlers, T value)
    {
        foreach (var handler in Delegate.EnumerateInvocationList(handlers))
        {
            try
            {
                handler(value);
            }
#pragma warning disable CA1031 // A handler of the application may throw any exception.
            catch (Exception e)
#pragma warning restore CA1031
            {
                ClientLog.HandlerFailed(logger, e);
            }
        }
    }

    private void Remove(EventStream stream) => ImmutableInterlocked.Update(ref _streams, static (all, removed) => all.Remove(removed), stream);
}
