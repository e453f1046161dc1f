using System.Diagnostics.CodeAnalysis;

namespace TPacket.Server;

/// <summary>
/// The application's state of a user or a room: one value of each type, in memory.
/// The collection is thread-safe; it does not synchronize the values, and does not dispose of them.
/// </summary>
public sealed class ItemCollection
{
    // Most users and rooms have no item.
    private Dictionary<Type, object>? _items;

    /// <summary>Returns the value of a type, and creates it if there is none.</summary>
    /// <typeparam name="T">The type, as the caller names it.</typeparam>
    /// <param name="create">Creates the value, once. The delegate runs under a lock of the collection, so it must not wait for another thread.</param>
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

    /// <summary>Returns the value of a type, and creates it by its constructor if there is none.</summary>
    public T GetOrAdd<T>()
        where T : class, new() => GetOrAdd(static () => new T());

    /// <summary>Returns the value of a type; null for none.</summary>
    public T? Get<T>()
        where T : class => TryGet<T>(out var value) ? value : null;

    /// <summary>Finds the value of a type.</summary>
    /// <typeparam name="T">The type, as the caller names it.</typeparam>
    /// <param name="value">The value; null for none.</param>
    /// <returns>False if there is no value.</returns>
    public bool TryGet<T>([NotNullWhen(true)] out T? value)
        where T : class
    {
        lock (this)
        {
            value = _items is not null && _items.TryGetValue(typeof(T), out var existing) ? (T)existing : null;
            return value is not null;
        }
    }

    /// <summary>Sets the value of a type.</summary>
    /// <typeparam name="T">The type, as the caller names it.</typeparam>
    public void Set<T>(T value)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(value);
        lock (this)
            (_items ??= [])[typeof(T)] = value;
    }

    /// <summary>Removes the value of a type.</summary>
    /// <returns>False if there was no value.</returns>
    public bool Remove<T>()
        where T : class
    {
        lock (this)
            return _items?.Remove(typeof(T)) ?? false;
    }
}
