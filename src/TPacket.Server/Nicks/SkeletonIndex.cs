using System.Runtime.InteropServices;

namespace TPacket.Server.Nicks;

/// <summary>Who holds nicks of which look. Not thread-safe.</summary>
internal sealed class SkeletonIndex
{
    private readonly Dictionary<string, Group> _groups = new(StringComparer.Ordinal);

    /// <summary>Whether another user holds a nick that looks the same.</summary>
    /// <param name="nick">The nick.</param>
    /// <param name="user">Who asks for it.</param>
    /// <param name="acrossScripts">Whether that counts only where the two have no script in common.</param>
    public bool IsHeldByOther(in NickIdentity nick, IUser user, bool acrossScripts)
    {
        foreach (var skeleton in nick.Skeletons())
        {
            for (var group = _groups.GetValueOrDefault(skeleton); group is not null; group = group.Next)
            {
                if (group.IsHeldByOther(user) && !(acrossScripts && !(group.Scripts & nick.Scripts).IsEmpty))
                    return true;
            }
        }

        return false;
    }

    public void Add(in NickIdentity nick, IUser user)
    {
        foreach (var skeleton in nick.Skeletons())
        {
            ref var first = ref CollectionsMarshal.GetValueRefOrAddDefault(_groups, skeleton, out _);
            var group = first;
            while (group is not null && group.Scripts != nick.Scripts)
                group = group.Next;
            if (group is null)
                first = group = new Group(nick.Scripts, first);
            group.Add(user);
        }
    }

    public void Remove(in NickIdentity nick, IUser user)
    {
        foreach (var skeleton in nick.Skeletons())
        {
            Group? before = null;
            var group = _groups.GetValueOrDefault(skeleton);
            while (group is not null && group.Scripts != nick.Scripts)
                (before, group) = (group, group.Next);
            if (group is null || !group.Remove(user))
                continue;
            if (before is not null)
                before.Next = group.Next;
            else if (group.Next is not null)
                _groups[skeleton] = group.Next;
            else
                _groups.Remove(skeleton);
        }
    }

    /// <summary>The holders of nicks with the same look and the same scripts; as a rule one user with one nick.</summary>
    private sealed class Group(ScriptSet scripts, Group? next)
    {
        private IUser? _single;
        private int _nicks;
        private Dictionary<IUser, int>? _many;

        public ScriptSet Scripts => scripts;

        public Group? Next { get; set; } = next;

        public bool IsHeldByOther(IUser user) => _many is null ? _single is not null && !ReferenceEquals(_single, user) : _many.Count > (_many.ContainsKey(user) ? 1 : 0);

        public void Add(IUser user)
        {
            if (_many is null && (_single is null || ReferenceEquals(_single, user)))
            {
                _single = user;
                _nicks++;
                return;
            }

            _many ??= new Dictionary<IUser, int>(ReferenceEqualityComparer.Instance) { [_single!] = _nicks };
            CollectionsMarshal.GetValueRefOrAddDefault(_many, user, out _)++;
        }

        /// <summary>Takes one nick of a user away.</summary>
        /// <returns>Whether nobody is left.</returns>
        public bool Remove(IUser user)
        {
            if (_many is null)
                return ReferenceEquals(_single, user) && --_nicks == 0;
            if (_many.TryGetValue(user, out var nicks) && nicks > 1)
                _many[user] = nicks - 1;
            else
                _many.Remove(user);
            return _many.Count == 0;
        }
    }
}
