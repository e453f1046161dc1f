using System.Diagnostics.CodeAnalysis;
using TPacket.Protocol;
using TPacket.Server.Rules;

namespace TPacket.Server;

/// <summary>
/// The rules of a room as pure functions: <see cref="Decide"/> says which events follow from a command, <see cref="Evolve"/> says which state follows from an event. The engine does the rest. It keeps the events in the room's log, computes the
/// state from them on every server and after every restart, asks <see cref="Decide"/> again where another server was faster, wakes the rooms whose time has come, and sends members what they may see.
/// One instance serves all rooms; its members are called from many threads.
/// </summary>
/// <remarks>
/// A pure function depends on its arguments alone: it reads no clock, draws no random number, calls nothing outside, and changes no object that it was given. <c>TPacket.Testing</c> finds rules that are not pure.
/// <see cref="Evolve"/>, <see cref="ViewerOf"/>, <see cref="View"/> and <see cref="Change"/> run while the room delivers an event: they have to be quick. The server logs an exception of any member. One of <see cref="Decide"/> refuses the command; one of <see cref="Evolve"/>, which is also tried out before an event is appended, refuses the command or leaves the state as it was; one of <see cref="ViewerOf"/> or <see cref="View"/> sends nothing; one of <see cref="Change"/> sends the view; one of <see cref="Start"/> keeps the room closed.
/// </remarks>
/// <typeparam name="TState">The state of a room; an immutable class, such as a record of immutable collections.</typeparam>
/// <typeparam name="TCommand">A member's request.</typeparam>
/// <typeparam name="TEvent">What follows from it.</typeparam>
public abstract class RoomRules<TState, TCommand, TEvent> : RoomRules
    where TState : class
    where TCommand : notnull
    where TEvent : class
{
    /// <summary>Names the rules.</summary>
    /// <param name="name">The name that rooms keep in their logs.</param>
    /// <param name="version">From 1; see <see cref="RoomRules.Version"/>.</param>
    /// <param name="serializer">Reads commands, and reads and writes events and states.</param>
    protected RoomRules(string name, int version, IPayloadSerializer serializer)
        : base(name, version)
    {
        ArgumentNullException.ThrowIfNull(serializer);
        Serializer = serializer;
    }

    /// <summary>Reads commands, and reads and writes events and states.</summary>
    protected internal IPayloadSerializer Serializer { get; }

    /// <summary>The state of a new room.</summary>
    public abstract TState Start(RulesStart start);

    /// <summary>The state behind an event. Pure and quick.</summary>
    /// <param name="state">The state before it.</param>
    /// <param name="happened">The event: one that <see cref="Decide"/> or <see cref="Wake(TState, DateTimeOffset)"/> has decided, or one of the room (<see cref="RulesEvent{TEvent}.Kind"/>). Return <paramref name="state"/> for one that means nothing to the rules.</param>
    public abstract TState Evolve(TState state, in RulesEvent<TEvent> happened);

    /// <summary>Decides about a command of a member. Pure.</summary>
    /// <param name="state">The state.</param>
    /// <param name="command">The command.</param>
    /// <param name="who">The member.</param>
    /// <param name="time">The time now. The events get a time of the store, which may be a little later.</param>
    /// <returns>An event, several (<see cref="Then"/>), <see cref="Nothing"/>, or why not (<see cref="Refuse"/>).</returns>
    public abstract Decision<TEvent> Decide(TState state, TCommand command, RoomMember who, DateTimeOffset time);

    /// <summary>When the rules want to decide something that no command asks for; null for never. The room is woken then, also where nobody is in it. Pure and quick. Default: null.</summary>
    public virtual DateTimeOffset? WakeAt(TState state) => null;

    /// <summary>Decides at the time that <see cref="WakeAt"/> has named, once for all servers. It has to decide on an event that moves this time. Pure.</summary>
    /// <param name="state">The state.</param>
    /// <param name="time">The time now, not before the one that was named.</param>
    public virtual Decision<TEvent> Wake(TState state, DateTimeOffset time) => Nothing;

    /// <summary>
    /// The work that <see cref="Wake(TState, DateTimeOffset, object?)"/> needs the result of, and that takes longer than a decision may; null for none. The server runs it outside the turn of the room and then calls this again. Pure and quick. Default: null.
    /// </summary>
    /// <param name="state">The state.</param>
    /// <param name="time">The time now, not before the one that <see cref="WakeAt"/> has named.</param>
    public virtual RulesWork? WorkOf(TState state, DateTimeOffset time) => null;

    /// <summary>Decides as <see cref="Wake(TState, DateTimeOffset)"/>, with the result of the work that <see cref="WorkOf"/> returns for the same state and time. Pure. Default: decides without it.</summary>
    /// <param name="state">The state.</param>
    /// <param name="time">The time now, not before the one that was named.</param>
    /// <param name="result">The result; null where there is no work.</param>
    public virtual Decision<TEvent> Wake(TState state, DateTimeOffset time, object? result) => Wake(state, time);

    /// <summary>
    /// Whether nothing can happen any more. The state then stays as it is: events are not applied, commands that would decide on one are refused, and the room is not woken. The store may drop the room's events. Default: false.
    /// </summary>
    public virtual bool IsFinished(TState state) => false;

    /// <summary>Names the view that a member gets; members of one number get the same bytes. Where everybody has a view of its own, it is the member's id. Pure and quick. Default: 0 for all.</summary>
    public virtual int ViewerOf(TState state, RoomMember member) => 0;

    /// <summary>The state as a viewer may see it: sent to members when they enter and, unless there is a <see cref="Change"/>, after each event. Pure and quick. Default: the whole state.</summary>
    public virtual byte[] View(TState state, int viewer) => WriteState(state);

    /// <summary>The part of an event that a viewer may see, instead of the whole view. Pure and quick. Default: null, to send the view.</summary>
    /// <param name="before">The state before the event.</param>
    /// <param name="happened">The event.</param>
    /// <param name="after">The state behind it.</param>
    /// <param name="viewer">The viewer, the same before and after; one that has changed is sent the view.</param>
    /// <returns>The bytes; an empty array to send nothing; null to send the view.</returns>
    public virtual byte[]? Change(TState before, in RulesEvent<TEvent> happened, TState after, int viewer) => null;

    /// <summary>Writes a state for the store. Default: by the serializer.</summary>
    public virtual byte[] WriteState(TState state) => Bytes(state);

    /// <summary>Reads a state that <see cref="WriteState"/> has written.</summary>
    /// <param name="version">The version of the rules that have written it.</param>
    /// <param name="data">What they have written.</param>
    /// <param name="state">The state.</param>
    /// <returns>False where it cannot be read: the room is not opened. Default: false where the version is older than <see cref="RoomRules.OldestVersion"/>.</returns>
    public virtual bool TryReadState(int version, ReadOnlyMemory<byte> data, [MaybeNullWhen(false)] out TState state)
    {
        state = default;
        return version >= OldestVersion && Serializer.TryDeserialize(data, out state);
    }

    /// <summary>The command is done, and nothing follows from it.</summary>
    protected static Decision<TEvent> Nothing => default;

    /// <summary>Several events follow from the command, in this order, together or not at all.</summary>
    protected static Decision<TEvent> Then(params TEvent[] events) => new(events);

    /// <summary>The command is refused with RESP_ERROR.</summary>
    /// <param name="why">A short English sentence for people.</param>
    /// <param name="code">Negative; an application's own are -1000 and below. Not <see cref="PacketErrorCode.Unknown"/> or <see cref="PacketErrorCode.RateLimited"/>, which say that a command may come again.</param>
    protected static Decision<TEvent> Refuse(string why, PacketErrorCode code = PacketErrorCode.Refused) => new(why, code);

    /// <summary>A value in bytes, by the serializer.</summary>
    protected byte[] Bytes<T>(T value)
    {
        using var buffer = PayloadBuffer.Of(value, Serializer);
        return buffer.Data.ToArray();
    }

    internal sealed override RulesReplica CreateReplica(string room) => new RulesReplica<TState, TCommand, TEvent>(this, room);
}
