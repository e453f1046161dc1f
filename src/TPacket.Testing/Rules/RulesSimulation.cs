using TPacket.Server;

namespace TPacket.Testing;

/// <summary>Runs rules in simulated rooms, to find whether they are pure and hold what they promise.</summary>
public static class RulesSimulation
{
    /// <summary>Simulates rooms with these rules.</summary>
    /// <typeparam name="TState">The state of the rules.</typeparam>
    /// <typeparam name="TCommand">Their commands.</typeparam>
    /// <typeparam name="TEvent">Their events.</typeparam>
    /// <param name="createRules">Makes an instance of the rules: each node has its own.</param>
    /// <param name="drawCommand">Draws a command that a member sends when it sees a state. It takes all that it draws from the random numbers that it gets, and leaves the state as it is.</param>
    public static RulesSimulation<TState, TCommand, TEvent> Of<TState, TCommand, TEvent>(Func<RoomRules<TState, TCommand, TEvent>> createRules, Func<Random, TState, TCommand> drawCommand)
        where TState : class
        where TCommand : notnull
        where TEvent : class =>
        new(createRules ?? throw new ArgumentNullException(nameof(createRules)), drawCommand ?? throw new ArgumentNullException(nameof(drawCommand)));
}
