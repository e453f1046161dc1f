using TPacket.Server;

namespace TPacket.Testing;

/// <summary>Creates simulations of rules.</summary>
public static class RulesSimulation
{
    /// <summary>Creates a simulation of rules.</summary>
    /// <typeparam name="TState">The state of the rules.</typeparam>
    /// <typeparam name="TCommand">Their commands.</typeparam>
    /// <typeparam name="TEvent">Their events.</typeparam>
    /// <param name="createRules">Creates an instance of the rules. Each node has an instance of its own.</param>
    /// <param name="drawCommand">
    /// Draws the command that a member sends in a state. The function uses only the given random numbers, and does not change the state.
    /// </param>
    public static RulesSimulation<TState, TCommand, TEvent> Of<TState, TCommand, TEvent>(Func<RoomRules<TState, TCommand, TEvent>> createRules, Func<Random, TState, TCommand> drawCommand)
        where TState : class
        where TCommand : notnull
        where TEvent : class =>
        new(createRules ?? throw new ArgumentNullException(nameof(createRules)), drawCommand ?? throw new ArgumentNullException(nameof(drawCommand)));
}
