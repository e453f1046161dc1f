namespace TPacket.Transports.Epoll;

/// <summary>
/// The sources of an event loop by token. A token consists of a slot's index and the number of its uses, so that a report for a removed source finds no other source. Thread-safe; <see cref="Find"/>
/// takes no lock.
/// </summary>
internal sealed class EpollSlots
{
    private readonly Lock _gate = new();
    private readonly Stack<int> _free = new();
    private Slot[] _slots = new Slot[64];
    private int _used;

    public ulong Add(IEpollSource source)
    {
        lock (_gate)
        {
            if (!_free.TryPop(out var index))
            {
                index = _used++;
                if (index == _slots.Length)
                    Grow();
            }

            ref var slot = ref _slots[index];
            // The number wraps to 0 before it reaches the sign bit, so that no token has all bits set, as the loop's token for wake-ups has.
            slot.Uses = (slot.Uses + 1) & int.MaxValue;
            // Written after the number of uses, so that a thread that finds the new source also finds the new number.
            Volatile.Write(ref slot.Source, source);
            return Token(index, slot.Uses);
        }
    }

    public void Remove(ulong token)
    {
        lock (_gate)
        {
            var index = (int)(uint)token;
            ref var slot = ref _slots[index];
            if (slot.Source is null || Token(index, slot.Uses) != token)
                return;
            slot.Source = null;
            _free.Push(index);
        }
    }

    /// <summary>Returns the source of a token, or null if it was removed. A source that is removed at the same time may still be returned.</summary>
    public IEpollSource? Find(ulong token)
    {
        ref var slot = ref Volatile.Read(ref _slots)[(int)(uint)token];
        var source = Volatile.Read(ref slot.Source);
        return Volatile.Read(ref slot.Uses) == (int)(token >> 32) ? source : null;
    }

    public IEpollSource[] All()
    {
        lock (_gate)
            return [.. _slots.Where(static slot => slot.Source is not null).Select(static slot => slot.Source!)];
    }

    private void Grow()
    {
        var grown = new Slot[_slots.Length * 2];
        _slots.CopyTo(grown, 0);
        Volatile.Write(ref _slots, grown);
    }

    private static ulong Token(int index, int uses) => ((ulong)(uint)uses << 32) | (uint)index;

    private struct Slot
    {
        public IEpollSource? Source;
        public int Uses;
    }
}
