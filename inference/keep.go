package inference

import "ssmc/runtime"

// keep gives a machine that can keep data those of the set: from then on batches
// say where their sequences begin, and hold no data.
func (p *packer) keep(m runtime.Machine) error {
	k, ok := m.(runtime.Keeper)
	if !ok || len(p.ports) == 0 {
		return nil
	}
	values, present := make([][]float32, len(p.ports)), make([][]float32, len(p.ports))
	p.starts = nil
	rows := 0
	for i := range p.set.Sequences {
		p.starts = append(p.starts, rows)
		q := piece{i, 0, p.set.Sequences[i].Len}
		rows += q.frames()
		for j, port := range p.ports {
			p.readRows(j, q)
			values[j] = append(values[j], p.row...)
			if port.Missing {
				p.readPresent(j, q)
				present[j] = append(present[j], p.row...)
			}
		}
	}
	return k.Keep(values, present)
}
