using TPacket.Server;

namespace TPacket.Testing;

/// <summary>Creates tests of rules: given events, when a command, then events.</summary>
public static class RulesTest
{
    /// <summary>The member who sends commands if the test names no other member.</summary>
    public static RoomMember Somebody { get; } = new(1, "somebody", session: 1);

    /// <summary>Creates a test with a new room.</summary>
    /// <typeparam name="TState">The state of the rules.</typeparam>
    /// <typeparam name="TCommand">Their commands.</typeparam>
    /// <typeparam name="TEvent">Their events.</typeparam>
    /// <param name="rules">The rules to test.</param>
    /// <param name="room">The room's name.</param>
    /// <param name="seed">The seed of the room's random numbers.</param>
    public static RulesTest<TState, TCommand, TEvent> For<TState, TCommand, TEvent>(RoomRules<TState, TCommand, TEvent> rules, string room = "room", long seed = 1)
        where TState : class
        where TCommand : notnull
        where TEvent : class =>
        new(rules ?? throw new ArgumentNullException(nameof(rules)), room, seed);
}
