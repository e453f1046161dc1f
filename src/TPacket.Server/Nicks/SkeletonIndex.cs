using System.Runtime.InteropServices;

namespace TPacket.Server.Nicks;

/// <summary>The owners of nicks by skeleton. Not thread-safe.</summary>
internal sealed class SkeletonIndex
{
    private readonly Dictionary<string, Group> _groups = new(StringComparer.Ordinal);

    /// <summary>Returns whether another owner has a look-alike nick.</summary>
    /// <param name="nick">The nick.</param>
    /// <param name="owner">The id of the user, or the policy's number for a withheld nick; never 0.</param>
    /// <param name="acrossScripts">Whether only nicks without a common script count as look-alikes.</param>
    public bool IsHeldByOther(in NickIdentity nick, int owner, bool acrossScripts)
    {
        foreach (var skeleton in nick.Skeletons())
        {
            for (var group = _groups.GetValueOrDefault(skeleton); group is not null; group = group.Next)
            {
                if (group.IsHeldByOther(owner) && !(acrossScripts && !(group.Scripts & nick.Scripts).IsEmpty))
                    return true;
            }
        }

        return false;
    }

    public void Add(in NickIdentity nick, int owner)
    {
        foreach (var skeleton in nick.Skeletons())
        {
            ref var first = ref CollectionsMarshal.GetValueRefOrAddDefault(_groups, skeleton, out _);
            var group = first;
            while (group is not null && group.Scripts != nick.Scripts)
                group = group.Next;
            if (group is null)
                first = group = new Group(nick.Scripts, first);
            group.Add(owner);
        }
    }

    public void Remove(in NickIdentity nick, int owner)
    {
        foreach (var skeleton in nick.Skeletons())
        {
            Group? before = null;
            var group = _groups.GetValueOrDefault(skeleton);
            while (group is not null && group.Scripts != nick.Scripts)
                (before, group) = (group, group.Next);
            if (group is null || !group.Remove(owner))
                continue;
            if (before is not null)
                before.Next = group.Next;
            else if (group.Next is not null)
                _groups[skeleton] = group.Next;
            else
                _groups.Remove(skeleton);
        }
    }

    /// <summary>The owners of nicks with the same skeleton and scripts: usually one owner with one nick.</summary>
    private sealed class Group(ScriptSet scripts, Group? next)
    {
        private int _single;
        private int _nicks;
        private Dictionary<int, int>? _many;

        public ScriptSet Scripts => scripts;

        public Group? Next { get; set; } = next;

        public bool IsHeldByOther(int owner) => _many is null ? _single != 0 && _single != owner : _many.Count > (_many.ContainsKey(owner) ? 1 : 0);

        public void Add(int owner)
        {
            if (_many is null && (_single == 0 || _single == owner))
            {
                _single = owner;
                _nicks++;
                return;
            }

            _many ??= new Dictionary<int, int> { [_single] = _nicks };
            CollectionsMarshal.GetValueRefOrAddDefault(_many, owner, out _)++;
        }

        /// <summary>Removes one nick of an owner.</summary>
        /// <returns>True if no owner is left.</returns>
        public bool Remove(int owner)
        {
            if (_many is null)
                return _single == owner && --_nicks == 0;
            if (_many.TryGetValue(owner, out var nicks) && nicks > 1)
                _many[owner] = nicks - 1;
            else
                _many.Remove(owner);
            return _many.Count == 0;
        }
    }
}
