using System.Diagnostics.CodeAnalysis;
using TPacket.Protocol;
using TPacket.Server.Payloads;
using TPacket.Server.Rules.State;

namespace TPacket.Server;

/// <summary>
/// The rules of a room as pure functions: <see cref="Decide"/> turns a command into events, and <see cref="Evolve"/> turns an event into the next state.
/// The engine appends the events to the room's log, computes the state on every server and after every restart,
/// repeats <see cref="Decide"/> if another server has appended first, wakes rooms at the times that their rules request,
/// and sends each member its view. One instance serves all rooms; the engine calls its members from many threads.
/// </summary>
/// <remarks>
/// <para>
/// A pure function depends on its arguments only. It reads no clock, draws no random number, calls no service,
/// and does not modify its arguments. <c>TPacket.Testing</c> detects rules that are not pure.
/// </para>
/// <para>
/// <see cref="Evolve"/>, <see cref="ViewerOf"/>, <see cref="View"/> and <see cref="Change"/>
/// run while the room delivers an event, so they must be fast and must not block.
/// </para>
/// <para>
/// The server logs an exception of any member. After an exception of <see cref="Decide"/> the command is refused.
/// <see cref="Evolve"/> is called before an event is appended, and its exception refuses the command; for an event of the log,
/// the exception leaves the state unchanged. After an exception of <see cref="ViewerOf"/> or <see cref="View"/> nothing is sent;
/// after an exception of <see cref="Change"/> the whole view is sent. After an exception of <see cref="Start"/> the room is not opened.
/// </para>
/// </remarks>
/// <typeparam name="TState">The type of the state: an immutable class, such as a record with immutable collections.</typeparam>
/// <typeparam name="TCommand">The type of the members' commands.</typeparam>
/// <typeparam name="TEvent">The type of the events.</typeparam>
public abstract class RoomRules<TState, TCommand, TEvent> : RoomRules
    where TState : class
    where TCommand : notnull
    where TEvent : class
{
    /// <summary>Creates rules.</summary>
    /// <param name="name">The name of the rules, which rooms keep in their logs.</param>
    /// <param name="version">The version of the rules, at least 1; see <see cref="RoomRules.Version"/>.</param>
    /// <param name="serializer">Deserializes commands, and serializes and deserializes events and states.</param>
    protected RoomRules(string name, int version, IPayloadSerializer serializer)
        : base(name, version)
    {
        ArgumentNullException.ThrowIfNull(serializer);
        Serializer = serializer;
    }

    /// <summary>The serializer of commands, events and states.</summary>
    protected internal IPayloadSerializer Serializer { get; }

    /// <summary>Returns the state of a new room. Pure.</summary>
    /// <param name="start">The name, the time and the random seed of the room.</param>
    public abstract TState Start(RulesStart start);

    /// <summary>Returns the state after an event. Pure and fast.</summary>
    /// <param name="state">The state before the event.</param>
    /// <param name="happened">
    /// The event: a decision of <see cref="Decide"/> or <see cref="Wake(TState, DateTimeOffset)"/>, or an event of the room
    /// (<see cref="RulesEvent{TEvent}.Kind"/>). Return <paramref name="state"/> for an event that does not change the state.
    /// </param>
    public abstract TState Evolve(TState state, in RulesEvent<TEvent> happened);

    /// <summary>Decides about a command of a member. Pure.</summary>
    /// <param name="state">The state.</param>
    /// <param name="command">The command.</param>
    /// <param name="who">The member that sent the command.</param>
    /// <param name="time">The current time. The store sets the time of the events, which may be slightly later.</param>
    /// <returns>An event, several events (<see cref="Then"/>), <see cref="Nothing"/>, or a refusal (<see cref="Refuse"/>).</returns>
    public abstract Decision<TEvent> Decide(TState state, TCommand command, RoomMember who, DateTimeOffset time);

    /// <summary>
    /// Returns the time of the next call of <see cref="Wake(TState, DateTimeOffset)"/>, at which the rules decide
    /// without a command; null for never. The room is woken even if it has no members. Pure and fast. Default: null.
    /// </summary>
    public virtual DateTimeOffset? WakeAt(TState state) => null;

    /// <summary>
    /// Decides at the time of <see cref="WakeAt"/>, once for all servers. The method must return
    /// an event that changes the time of <see cref="WakeAt"/>. Pure. Default: <see cref="Nothing"/>.
    /// </summary>
    /// <param name="state">The state.</param>
    /// <param name="time">The current time, not before the time of <see cref="WakeAt"/>.</param>
    public virtual Decision<TEvent> Wake(TState state, DateTimeOffset time) => Nothing;

    /// <summary>
    /// Returns the long-running work of which <see cref="Wake(TState, DateTimeOffset, object?)"/> needs the result;
    /// null for none. The server runs the work outside the turn of the room, and then calls this method again.
    /// If the method returns work with the same key, the server wakes the rules with the result. Pure and fast. Default: null.
    /// </summary>
    /// <param name="state">The state.</param>
    /// <param name="time">The current time, not before the time of <see cref="WakeAt"/>.</param>
    public virtual RulesWork? WorkOf(TState state, DateTimeOffset time) => null;

    /// <summary>
    /// Decides as <see cref="Wake(TState, DateTimeOffset)"/> does, with the result of the work that <see cref="WorkOf"/>
    /// returns for the same state and time. Pure. Default: calls <see cref="Wake(TState, DateTimeOffset)"/>.
    /// </summary>
    /// <param name="state">The state.</param>
    /// <param name="time">The current time, not before the time of <see cref="WakeAt"/>.</param>
    /// <param name="result">The result of the work; null if there is no work.</param>
    public virtual Decision<TEvent> Wake(TState state, DateTimeOffset time, object? result) => Wake(state, time);

    /// <summary>
    /// Returns whether the state is final. The engine then applies no more events, refuses commands that result
    /// in events, and does not wake the room; the store may drop the room's events. Pure. Default: false.
    /// </summary>
    public virtual bool IsFinished(TState state) => false;

    /// <summary>
    /// Returns the number of a member's view. Members with the same number receive the same bytes.
    /// Return the member's id if each member has its own view. Pure and fast. Default: 0.
    /// </summary>
    public virtual int ViewerOf(TState state, RoomMember member) => 0;

    /// <summary>
    /// Returns the view: the part of the state that a viewer may see, in bytes. Members receive the view when they enter,
    /// and after each event unless <see cref="Change"/> returns a change. Pure and fast. Default: the whole state.
    /// </summary>
    /// <param name="state">The state.</param>
    /// <param name="viewer">The number that <see cref="ViewerOf"/> has returned.</param>
    public virtual byte[] View(TState state, int viewer) => WriteState(state);

    /// <summary>
    /// Returns the part of an event's change that a viewer may see, in bytes, which
    /// the engine sends instead of the view. Pure and fast. Default: null, to send the view.
    /// </summary>
    /// <param name="before">The state before the event.</param>
    /// <param name="happened">The event.</param>
    /// <param name="after">The state after the event.</param>
    /// <param name="viewer">The number that <see cref="ViewerOf"/> has returned for both states. A member with different numbers receives the view.</param>
    /// <returns>The change; an empty array to send nothing; null to send the view.</returns>
    public virtual byte[]? Change(TState before, in RulesEvent<TEvent> happened, TState after, int viewer) => null;

    /// <summary>Serializes a state for the store. Default: with the serializer.</summary>
    public virtual byte[] WriteState(TState state) => Bytes(state);

    /// <summary>Deserializes a state from the store.</summary>
    /// <param name="version">The version of the rules that has written the state.</param>
    /// <param name="data">The bytes that <see cref="WriteState"/> has returned.</param>
    /// <param name="state">The state.</param>
    /// <returns>
    /// False if the state cannot be read; the room is then not opened.
    /// The default implementation returns false for versions before <see cref="RoomRules.OldestVersion"/>.
    /// </returns>
    public virtual bool TryReadState(int version, ReadOnlyMemory<byte> data, [MaybeNullWhen(false)] out TState state)
    {
        state = default;
        return version >= OldestVersion && Serializer.TryDeserialize(data, out state);
    }

    /// <summary>The decision that the command succeeds without an event.</summary>
    protected static Decision<TEvent> Nothing => default;

    /// <summary>Returns the decision of several events, which are appended in this order, all or none.</summary>
    protected static Decision<TEvent> Then(params TEvent[] events) => new(events);

    /// <summary>Returns the decision to refuse the command with RESP_ERROR.</summary>
    /// <param name="why">A short English sentence for people.</param>
    /// <param name="code">
    /// The error code, which is negative. Codes of the application are -1000 and below. <see cref="PacketErrorCode.Unknown"/>
    /// and <see cref="PacketErrorCode.RateLimited"/> are not allowed, because clients may repeat a command after them.
    /// </param>
    protected static Decision<TEvent> Refuse(string why, PacketErrorCode code = PacketErrorCode.Refused) => new(why, code);

    /// <summary>Serializes a value.</summary>
    protected byte[] Bytes<T>(T value)
    {
        using var buffer = PayloadBuffer.Of(value, Serializer);
        return buffer.Data.ToArray();
    }

    internal sealed override RulesReplica CreateReplica(string room) => new RulesReplica<TState, TCommand, TEvent>(this, room);
}
