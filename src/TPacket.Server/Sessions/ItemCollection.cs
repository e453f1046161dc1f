using System.Diagnostics.CodeAnalysis;

namespace TPacket.Server;

/// <summary>State of an application that belongs to a user or a room: one value of each type, in memory. Thread-safe; what the values themselves allow is up to them. Values are not disposed of.</summary>
public sealed class ItemCollection
{
    // Most users and rooms have no item.
    private Dictionary<Type, object>? _items;

    /// <summary>The value of a type; it is created if there is none, once.</summary>
    /// <typeparam name="T">The type, as the caller names it.</typeparam>
    /// <param name="create">Creates the value. It runs under a lock of the collection, so it must not wait for another thread.</param>
    public T GetOrAdd<T>(Func<T> create)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(create);
        lock (this)
        {
            if (_items is not null && _items.TryGetValue(typeof(T), out var existing))
                return (T)existing;
            var created = create();
            (_items ??= [])[typeof(T)] = created;
            return created;
        }
    }

    /// <summary>The value of a type; it is created by its constructor if there is none, once.</summary>
    public T GetOrAdd<T>()
        where T : class, new() => GetOrAdd(static () => new T());

    /// <summary>The value of a type, or null.</summary>
    public T? Get<T>()
        where T : class => TryGet<T>(out var value) ? value : null;

    /// <summary>Finds the value of a type.</summary>
    public bool TryGet<T>([NotNullWhen(true)] out T? value)
        where T : class
    {
        lock (this)
        {
            value = _items is not null && _items.TryGetValue(typeof(T), out var existing) ? (T)existing : null;
            return value is not null;
        }
    }

    /// <summary>Puts a value in the place of the one of its type.</summary>
    /// <typeparam name="T">The type, as the caller names it.</typeparam>
    public void Set<T>(T value)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(value);
        lock (this)
            (_items ??= [])[typeof(T)] = value;
    }

    /// <summary>Removes the value of a type.</summary>
    /// <returns>False where there was none.</returns>
    public bool Remove<T>()
        where T : class
    {
        lock (this)
            return _items?.Remove(typeof(T)) ?? false;
    }
}
