namespace TPacket.Grains;

/// <inheritdoc cref="ICounterGrain"/>
public sealed class CounterGrain([PersistentState("counter")] IPersistentState<CounterState> state) : Grain, ICounterGrain
{
    public async Task<CounterState> AddAsync(int number)
    {
        state.State.Sum += number;
        state.State.Times++;
        await state.WriteStateAsync();
        return state.State with { };
    }
}
